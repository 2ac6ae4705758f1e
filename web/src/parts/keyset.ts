import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, type Query } from '../api/client.ts';

/** A page of a list of the admin API. Where the next one begins is `next_after`, or `next_from_id` of lists by id. */
export interface ListPage<T> {
  readonly data: readonly T[];
  readonly next_after?: string | number | null;
  readonly next_from_id?: number | null;
  readonly total?: number;
}

export interface Keyset<T> {
  readonly page: ListPage<T> | undefined;
  readonly error: Error | null;
  /** Whether another page or other filters are being loaded while the old ones still show. */
  readonly isStale: boolean;
  readonly refetch: () => unknown;
  /** Absent where there is no such page. */
  readonly next: (() => void) | undefined;
  readonly previous: (() => void) | undefined;
  readonly first: (() => void) | undefined;
}

function startOfNext({ next_from_id, next_after }: Partial<ListPage<unknown>> = {}): Query | undefined {
  if (next_from_id !== undefined && next_from_id !== null) return { from_id: next_from_id };
  return next_after === undefined || next_after === null ? undefined : { after: next_after };
}

/**
 * One page at a time of a list of any length: the server finds it by the key of the last row, so that the thousandth page
 * costs what the first one costs. `query` holds the filters; when they change, the list begins anew.
 */
export function useKeyset<T>(
  path: string,
  query: Query = {},
  options: { limit?: number; enabled?: boolean; refetchInterval?: number } = {},
): Keyset<T> {
  const { limit = 50, enabled = true, refetchInterval } = options;
  const filters = JSON.stringify(query);
  /** The starts of the pages that were walked through; the last one is shown. */
  const [trail, setTrail] = useState<{ filters: string; starts: Query[] }>({ filters, starts: [] });
  const starts = trail.filters === filters ? trail.starts : [];
  useEffect(() => {
    setTrail((old) => (old.filters === filters ? old : { filters, starts: [] }));
  }, [filters]);

  const start = starts.at(-1);
  const loaded = useQuery({
    queryKey: [path, query, limit, start],
    queryFn: ({ signal }) => api.get<ListPage<T>>(path, { ...query, limit, ...start }, signal),
    placeholderData: keepPreviousData,
    enabled,
    ...(refetchInterval === undefined ? {} : { refetchInterval }),
  });
  const following = startOfNext(loaded.data);
  const go = (to: Query[]) => () => setTrail({ filters, starts: to });
  return {
    page: loaded.data,
    error: loaded.error,
    isStale: loaded.isPlaceholderData,
    refetch: loaded.refetch,
    next: following === undefined ? undefined : go([...starts, following]),
    previous: starts.length === 0 ? undefined : go(starts.slice(0, -1)),
    first: starts.length < 2 ? undefined : go([]),
  };
}
