import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { NodeCountsObject } from '../../../../src/http/admin/contract.ts';
import { api } from '../../api/client.ts';

const REFRESH_MS = 3_000;

/** Live counts of one version of the workflow, over the draft that is edited. */
export interface LiveCounts {
  readonly isShown: boolean;
  readonly show: (isShown: boolean) => void;
  /** undefined = not shown, or not there yet. */
  readonly counts: readonly NodeCountsObject[] | undefined;
  readonly version: number | null;
  /** Those with runs inside, and the published one; the latest first. */
  readonly versions: readonly { readonly version: number; readonly inside: number }[];
  readonly choose: (version: number) => void;
}

/** Where the runs are and have been, looked at again while the page is seen. Runs end on the version they began on. */
export function useCounts(workflowId: number, published: number | null, isActive: boolean): LiveCounts {
  const [isShown, show] = useState(isActive);
  const [chosen, choose] = useState<number | null>(null);
  const version = chosen ?? published;
  const { data } = useQuery({
    queryKey: ['/workflows', workflowId, 'counts'],
    queryFn: async ({ signal }) =>
      (await api.get<{ data: NodeCountsObject[] }>(`/workflows/${workflowId}/counts`, {}, signal)).data,
    refetchInterval: REFRESH_MS,
    enabled: isShown && published !== null,
  });
  const inside = new Map<number, number>();
  for (const { version: of, active, waiting } of data ?? []) {
    inside.set(of, (inside.get(of) ?? 0) + active + waiting);
  }
  const versions = [...inside]
    .filter(([of, count]) => count > 0 || of === published || of === version)
    .map(([of, count]) => ({ version: of, inside: count }))
    .sort((left, right) => right.version - left.version);
  const counts = isShown ? data?.filter((one) => one.version === version) : undefined;
  return { isShown, show, counts, version, versions, choose };
}
