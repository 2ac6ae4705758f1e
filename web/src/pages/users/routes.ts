import type { RouteObject } from 'react-router';

export const routes: RouteObject[] = [
  { path: 'users', lazy: async () => ({ Component: (await import('./users-page.tsx')).UsersPage }) },
];
