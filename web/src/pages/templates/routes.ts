import type { RouteObject } from 'react-router';

export const routes: RouteObject[] = [
  {
    path: 'templates',
    lazy: async () => ({ Component: (await import('./templates-page.tsx')).TemplatesPage }),
  },
  {
    path: 'templates/:id',
    lazy: async () => ({ Component: (await import('./template-page.tsx')).TemplatePage }),
  },
];
