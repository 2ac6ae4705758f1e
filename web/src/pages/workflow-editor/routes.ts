import type { RouteObject } from 'react-router';

export const routes: RouteObject[] = [
  {
    path: 'workflows/:id/edit',
    lazy: async () => ({ Component: (await import('./editor-page.tsx')).EditorPage }),
  },
];
