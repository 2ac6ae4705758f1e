import type { RouteObject } from 'react-router';

export const routes: RouteObject[] = [
  { path: 'senders', lazy: async () => ({ Component: (await import('./senders-page.tsx')).SendersPage }) },
  { path: 'senders/:id', lazy: async () => ({ Component: (await import('./sender-page.tsx')).SenderPage }) },
];
