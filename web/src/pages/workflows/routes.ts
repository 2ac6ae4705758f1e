import type { RouteObject } from 'react-router';

export const routes: RouteObject[] = [
  {
    path: 'workflows',
    lazy: async () => ({ Component: (await import('./workflows-page.tsx')).WorkflowsPage }),
  },
  {
    path: 'workflows/:id',
    lazy: async () => ({ Component: (await import('./workflow-page.tsx')).WorkflowPage }),
  },
  { path: 'runs/:id', lazy: async () => ({ Component: (await import('./run-page.tsx')).RunPage }) },
];
