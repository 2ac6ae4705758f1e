import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { TaskObject } from '../../../../src/http/admin/contract.ts';
import { api } from '../../api/client.ts';
import { useConfirm } from '../../parts/confirm.tsx';
import { tellDone, tellProblem } from '../../parts/notify.ts';

interface TaskActions {
  readonly cancel: (id: string) => void;
  /** Tries failed items again, those of one error code or all. */
  readonly retry: (id: string, code?: number) => void;
  readonly isPending: boolean;
}

/** What can be done to tasks, asked first. */
export function useTaskActions(): TaskActions {
  const { t } = useTranslation('tasks');
  const confirm = useConfirm();
  const client = useQueryClient();
  const navigate = useNavigate();
  const refresh = () => client.invalidateQueries({ queryKey: ['/tasks'] });
  const cancel = useMutation({
    mutationFn: (id: string) => api.post<TaskObject>(`/tasks/${id}/cancel`),
    onSuccess: async () => {
      tellDone(t('cancelled'));
      await refresh();
    },
    onError: tellProblem,
  });
  const retry = useMutation({
    mutationFn: ({ id, code }: { id: string; code: number | undefined }) =>
      api.post<{ id: string }>(`/tasks/${id}/retry-failed`, code === undefined ? {} : { codes: [code] }),
    onSuccess: async ({ id }) => {
      tellDone(t('retried'));
      await refresh();
      await navigate(`/tasks/${id}`);
    },
    onError: tellProblem,
  });
  return {
    cancel: (id) =>
      confirm({
        title: t('cancelTitle'),
        text: t('cancelText'),
        action: t('cancelAction'),
        isDangerous: true,
        onConfirm: () => cancel.mutate(id),
      }),
    retry: (id, code) =>
      confirm({
        title: t('retryTitle'),
        text: t('retryText'),
        action: t('retry'),
        onConfirm: () => retry.mutate({ id, code }),
      }),
    isPending: cancel.isPending || retry.isPending,
  };
}
