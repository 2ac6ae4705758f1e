import type { RouteObject } from 'react-router';

export const routes: RouteObject[] = [
  { path: 'hosts', lazy: async () => ({ Component: (await import('./hosts-page.tsx')).HostsPage }) },
];
