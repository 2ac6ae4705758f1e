import type { RouteObject } from 'react-router';

export const routes: RouteObject[] = [
  {
    path: 'resources',
    lazy: async () => ({ Component: (await import('./resources-page.tsx')).ResourcesPage }),
  },
  {
    path: 'resources/:id',
    lazy: async () => ({ Component: (await import('./resource-page.tsx')).ResourcePage }),
  },
];
