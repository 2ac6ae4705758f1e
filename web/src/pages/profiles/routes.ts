import type { RouteObject } from 'react-router';

export const routes: RouteObject[] = [
  { path: 'profiles', lazy: async () => ({ Component: (await import('./profiles-page.tsx')).ProfilesPage }) },
  {
    path: 'profiles/:id',
    lazy: async () => ({ Component: (await import('./profile-page.tsx')).ProfilePage }),
  },
];
