import { createBrowserRouter } from 'react-router';
import { pageRoutes } from '../pages/page-routes.ts';
import { FaultPage } from './fault-page.tsx';
import { Gate } from './gate.tsx';
import { NotFoundPage } from './not-found-page.tsx';

function Nothing() {
  return null;
}

export function createRouter() {
  return createBrowserRouter([
    {
      path: '/',
      Component: Gate,
      ErrorBoundary: FaultPage,
      // While the first page's part is loaded; the shell is not there yet.
      HydrateFallback: Nothing,
      children: [
        { ErrorBoundary: FaultPage, children: [...pageRoutes, { path: '*', Component: NotFoundPage }] },
      ],
    },
  ]);
}
