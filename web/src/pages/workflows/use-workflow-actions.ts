import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { WorkflowObject } from '../../../../src/http/admin/contract.ts';
import { api } from '../../api/client.ts';
import { useConfirm } from '../../parts/confirm.tsx';
import { tellDone, tellProblem } from '../../parts/notify.ts';

const done = {
  activate: 'activated',
  deactivate: 'deactivated',
  pause: 'paused',
  resume: 'resumed',
  stop: 'stopped',
} as const;
type Action = keyof typeof done;

/** What can be done to a workflow as a whole; what stops something is asked first. */
export function useWorkflowActions(workflow: WorkflowObject) {
  const { t } = useTranslation('workflows');
  const confirm = useConfirm();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { id, name } = workflow;
  const refresh = () => client.invalidateQueries({ queryKey: ['/workflows'] });
  const act = useMutation({
    mutationFn: (action: Action) =>
      api.post<WorkflowObject>(`/workflows/${id}/${action}`, action === 'stop' ? { runs: 'end' } : undefined),
    onSuccess: async (_, action) => {
      tellDone(t(done[action]));
      await refresh();
    },
    onError: tellProblem,
  });
  const duplicate = useMutation({
    mutationFn: () =>
      api.post<WorkflowObject>('/workflows', {
        name: t('copyName', { name }),
        database_id: workflow.database_id,
        reentry: workflow.reentry,
        definition: workflow.definition,
      }),
    onSuccess: async (copy) => {
      tellDone(t('duplicated'));
      await refresh();
      await navigate(`/workflows/${copy.id}`);
    },
    onError: tellProblem,
  });
  const ask = (action: 'deactivate' | 'pause' | 'stop') =>
    confirm({
      title: t(`${action}Title`, { name }),
      text: t(`${action}Text`),
      action: action === 'stop' ? t('stopAction') : t(action),
      isDangerous: action === 'stop',
      onConfirm: () => act.mutate(action),
    });
  return {
    act: (action: Action) => act.mutate(action),
    ask,
    duplicate: () => duplicate.mutate(),
    isPending: act.isPending,
  };
}
