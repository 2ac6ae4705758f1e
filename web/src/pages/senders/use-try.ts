import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.ts';
import { ApiProblem } from '../../api/problem.ts';
import { tellDone, tellProblem } from '../../parts/notify.ts';

/** Connects and logs in as sending would, and tells how it went. */
export function useTry() {
  const { t } = useTranslation('senders');
  return useMutation({
    mutationFn: async (id: number) => {
      const { ok, error } = await api.post<{ ok: boolean; error?: string }>(`/senders/${id}/verify`);
      if (!ok) throw new ApiProblem(400, `${t('tryFailed')}: ${error ?? ''}`);
    },
    onSuccess: () => tellDone(t('tried')),
    onError: tellProblem,
  });
}
