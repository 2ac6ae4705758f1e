import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { WorkflowObject } from '../../../../src/http/admin/contract.ts';
import type { WorkflowFault } from '../../../../src/http/admin/workflow-contract.ts';
import { api } from '../../api/client.ts';
import { type Draft, printDraft } from './draft.ts';

const PAUSE_MS = 400;

interface Faults {
  /** undefined = not known yet. */
  readonly faults: readonly WorkflowFault[] | undefined;
  readonly isChecking: boolean;
}

/** What would keep the draft from being published, as the server says, shortly after each change. */
export function useFaults(workflow: WorkflowObject, draft: Draft): Faults {
  const text = JSON.stringify(printDraft(draft));
  const [settled] = useDebouncedValue(text, PAUSE_MS);
  const check = useQuery({
    queryKey: ['/workflows/check', workflow.id, settled],
    queryFn: () =>
      api.post<{ faults: WorkflowFault[] }>('/workflows/check', {
        database_id: workflow.database_id,
        workflow_id: workflow.id,
        definition: JSON.parse(settled),
      }),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });
  return { faults: check.data?.faults, isChecking: check.isFetching || settled !== text };
}
