import { useQuery } from '@tanstack/react-query';
import type { NodeTypeObject } from '../../../../src/http/admin/workflow-contract.ts';
import { api } from '../../api/client.ts';
import type { OutputsByType } from './draft.ts';

/** What the server knows of types of nodes; it does not change while it runs. */
export function useNodeTypes() {
  return useQuery({
    queryKey: ['/workflows/node-types'],
    queryFn: async ({ signal }) =>
      (await api.get<{ data: NodeTypeObject[] }>('/workflows/node-types', {}, signal)).data,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function outputsByType(types: readonly NodeTypeObject[]): OutputsByType {
  return new Map(types.map(({ type, outputs }) => [type, outputs]));
}
