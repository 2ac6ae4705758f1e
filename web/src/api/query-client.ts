import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { toProblem } from './problem.ts';

export const SESSION_KEY = ['session'] as const;

/** Only what may be different the next time is tried again: no answer, or a fault of the server or of a proxy. */
function isWorthATry(failures: number, thrown: Error): boolean {
  const { status } = toProblem(thrown);
  return failures < 2 && (status === 0 || status >= 502);
}

export function createQueryClient(): QueryClient {
  /** A session that has ended is looked up again, which brings the log-in page in the place of the others. */
  const look = (thrown: Error): void => {
    if (toProblem(thrown).status === 401) void client.invalidateQueries({ queryKey: SESSION_KEY });
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError: look }),
    mutationCache: new MutationCache({ onError: look }),
    defaultOptions: { queries: { retry: isWorthATry, staleTime: 5_000 } },
  });
  return client;
}
