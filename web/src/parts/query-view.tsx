import type { ReactNode } from 'react';
import { ProblemAlert } from './problem-alert.tsx';
import { Shadows } from './shadows.tsx';

interface QueryViewProps<T> {
  readonly query: {
    readonly data: T | undefined;
    readonly error: Error | null;
    readonly refetch: () => unknown;
  };
  readonly children: (data: T) => ReactNode;
  /** How many grey lines stand in the place of what is loaded. */
  readonly lines?: number;
}

/** What a query brought; until then its shadow, or what went wrong with a way to try again. */
export function QueryView<T>({ query, children, lines = 5 }: QueryViewProps<T>) {
  const { data, error, refetch } = query;
  if (data !== undefined) return children(data);
  if (error !== null) return <ProblemAlert problem={error} onRetry={() => void refetch()} />;
  return <Shadows lines={lines} />;
}
