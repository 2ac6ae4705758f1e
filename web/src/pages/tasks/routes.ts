import type { RouteObject } from 'react-router';

export const routes: RouteObject[] = [
  { path: 'tasks', lazy: async () => ({ Component: (await import('./tasks-page.tsx')).TasksPage }) },
  { path: 'tasks/:id', lazy: async () => ({ Component: (await import('./task-page.tsx')).TaskPage }) },
];
