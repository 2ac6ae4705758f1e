import type { RouteObject } from 'react-router';

export const routes: RouteObject[] = [
  { path: 'suppression', lazy: async () => ({ Component: (await import('./lists-page.tsx')).ListsPage }) },
  { path: 'suppression/:id', lazy: async () => ({ Component: (await import('./list-page.tsx')).ListPage }) },
];
