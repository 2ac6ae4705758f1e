import { TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TestedObject } from '../../../../src/http/admin/sender-contract.ts';
import { api } from '../../api/client.ts';
import { ApiProblem } from '../../api/problem.ts';
import { useUser } from '../../api/session.ts';
import { FormModal } from '../../parts/form-modal.tsx';
import { tellDone } from '../../parts/notify.ts';
import { TemplatePick } from '../../parts/picks.tsx';
import type { SenderRecord } from './sender-values.ts';

interface TestMessageProps {
  readonly sender: SenderRecord;
  readonly onClose: () => void;
}

/** Sends one message, to see that it arrives. */
export function TestMessage({ sender, onClose }: TestMessageProps) {
  const { t } = useTranslation('senders');
  const user = useUser();
  const [to, setTo] = useState(sender.channel === 'email' ? user.email : '');
  const [templateId, setTemplateId] = useState<number | null>(null);
  const send = useMutation({
    mutationFn: async () => {
      const tested = await api.post<TestedObject>(`/senders/${sender.id}/test`, {
        to: to.trim(),
        ...(templateId === null ? {} : { template_id: templateId }),
      });
      if (tested.outcome !== 'accepted') throw new ApiProblem(400, tested.answer ?? tested.outcome);
      return tested.answer ?? '';
    },
    onSuccess: (answer) => {
      tellDone(t('testDone', { answer }));
      onClose();
    },
  });
  return (
    <FormModal
      title={t('test')}
      isOpen
      onClose={onClose}
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate();
      }}
      action={t('test')}
      isPending={send.isPending}
      problem={send.error}
    >
      <TextInput label={t('testTo')} value={to} onChange={(event) => setTo(event.currentTarget.value)} />
      <TemplatePick channel={sender.channel} clearable value={templateId} onChange={setTemplateId} />
    </FormModal>
  );
}
