import type { RouteObject } from 'react-router';

export const routes: RouteObject[] = [
  { path: 'segments', lazy: async () => ({ Component: (await import('./segments-page.tsx')).SegmentsPage }) },
  {
    path: 'segments/:id',
    lazy: async () => ({ Component: (await import('./segment-page.tsx')).SegmentPage }),
  },
];
