import type { RouteObject } from 'react-router';

export const routes: RouteObject[] = [
  {
    path: 'databases',
    lazy: async () => ({ Component: (await import('./databases-page.tsx')).DatabasesPage }),
  },
  {
    path: 'databases/:id',
    lazy: async () => ({ Component: (await import('./database-page.tsx')).DatabasePage }),
  },
];
