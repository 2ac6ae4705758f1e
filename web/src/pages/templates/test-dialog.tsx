import { Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { TestedObject } from '../../../../src/http/admin/sender-contract.ts';
import type { TemplateObject } from '../../../../src/http/admin/template-contract.ts';
import { api } from '../../api/client.ts';
import { useSenders } from '../../api/lists.ts';
import { ApiProblem } from '../../api/problem.ts';
import { useUser } from '../../api/session.ts';
import { FormModal } from '../../parts/form-modal.tsx';
import { tellDone } from '../../parts/notify.ts';
import { SenderPick } from '../../parts/picks.tsx';
import { takeProblem } from '../../parts/take-problem.ts';

interface TestDialogProps {
  readonly template: TemplateObject;
  readonly onClose: () => void;
}

/** Sends the saved template to an address of one's own. */
export function TestDialog({ template, onClose }: TestDialogProps) {
  const { t } = useTranslation('templates');
  const { t: common } = useTranslation('parts');
  const user = useUser();
  const { data: senders } = useSenders();
  const [first] = (senders ?? []).filter(({ channel }) => channel === template.channel);
  const form = useForm<{ to: string; sender: number | null }>({
    initialValues: { to: template.channel === 'email' ? user.email : '', sender: first?.id ?? null },
    validate: {
      to: (value) => (value.trim() === '' ? common('required') : null),
      sender: (value) => (value === null ? common('required') : null),
    },
  });
  const send = useMutation({
    mutationFn: async ({ to, sender }: typeof form.values) => {
      const body = { to: to.trim(), template_id: template.id };
      const tested = await api.post<TestedObject>(`/senders/${sender}/test`, body);
      if (tested.outcome !== 'accepted') throw new ApiProblem(502, tested.answer ?? tested.outcome);
      return tested.answer ?? '';
    },
    onSuccess: (answer) => {
      tellDone(t('testDone', { answer }));
      onClose();
    },
    onError: (thrown) => takeProblem(form, thrown),
  });
  return (
    <FormModal
      title={t('test')}
      isOpen
      onClose={onClose}
      onSubmit={form.onSubmit((values) => send.mutate(values))}
      action={t('testSend')}
      isPending={send.isPending}
      problem={send.error}
    >
      <Text size="sm">{t('testSaved')}</Text>
      <TextInput label={t('testTo')} {...form.getInputProps('to')} />
      <SenderPick
        channel={template.channel}
        value={form.values.sender}
        onChange={(id) => form.setFieldValue('sender', id)}
        error={form.errors['sender']}
      />
    </FormModal>
  );
}
