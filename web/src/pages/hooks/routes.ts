import type { RouteObject } from 'react-router';

export const routes: RouteObject[] = [
  { path: 'hooks', lazy: async () => ({ Component: (await import('./hooks-page.tsx')).HooksPage }) },
  { path: 'hooks/:id', lazy: async () => ({ Component: (await import('./hook-page.tsx')).HookPage }) },
];
