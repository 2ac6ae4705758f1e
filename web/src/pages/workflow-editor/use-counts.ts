import { useQuery } from '@tanstack/react-query';
import type { NodeCountsObject } from '../../../../src/http/admin/contract.ts';
import { api } from '../../api/client.ts';

const REFRESH_MS = 3_000;

/** Where the runs of a version are and have been, looked at again while the page is seen; undefined = not wanted. */
export function useCounts(workflowId: number, version: number | null, isWanted: boolean) {
  const counts = useQuery({
    queryKey: ['/workflows', workflowId, 'counts'],
    queryFn: async ({ signal }) =>
      (await api.get<{ data: NodeCountsObject[] }>(`/workflows/${workflowId}/counts`, {}, signal)).data,
    refetchInterval: REFRESH_MS,
    enabled: isWanted && version !== null,
  });
  return isWanted ? counts.data?.filter((one) => one.version === version) : undefined;
}
