import type { RouteObject } from 'react-router';

export const routes: RouteObject[] = [
  { path: 'tokens', lazy: async () => ({ Component: (await import('./tokens-page.tsx')).TokensPage }) },
];
