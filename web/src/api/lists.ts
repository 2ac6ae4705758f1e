import { useQuery } from '@tanstack/react-query';
import type { DatabaseObject, FieldObject, WorkflowObject } from '../../../src/http/admin/contract.ts';
import type { ResourceObject } from '../../../src/http/admin/resource-contract.ts';
import type { SegmentObject } from '../../../src/http/admin/segment-contract.ts';
import type { SenderObject } from '../../../src/http/admin/sender-contract.ts';
import type { TemplateObject } from '../../../src/http/admin/template-contract.ts';
import { api, type Query } from './client.ts';

/** Short lists that forms choose from and pages take names from; the keys of queries begin with their path. */

const MAX_ENTRIES = 1000;

interface Listed<T> {
  readonly data: readonly T[];
}

function useListed<T>(path: string, query: Query = {}, enabled = true) {
  return useQuery({
    queryKey: [path, 'all', query],
    queryFn: async ({ signal }) => (await api.get<Listed<T>>(path, query, signal)).data,
    staleTime: 30_000,
    enabled,
  });
}

export const useDatabases = () => useListed<DatabaseObject>('/databases');
export const useFields = (databaseId: number | undefined) =>
  useListed<FieldObject>(`/databases/${databaseId}/fields`, {}, databaseId !== undefined);
export const useWorkflows = (databaseId?: number) =>
  useListed<WorkflowObject>('/workflows', { limit: MAX_ENTRIES, database_id: databaseId });
export const useResources = () => useListed<ResourceObject>('/resources');
export const useSenders = () => useListed<SenderObject>('/senders');
export const useTemplates = () => useListed<TemplateObject>('/templates', { limit: MAX_ENTRIES });
export const useSegments = (databaseId?: number) =>
  useListed<SegmentObject>('/segments', { database_id: databaseId });
