import { Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { WorkflowObject } from '../../../../src/http/admin/contract.ts';
import { api } from '../../api/client.ts';
import { FormModal } from '../../parts/form-modal.tsx';
import { tellDone } from '../../parts/notify.ts';
import { takeProblem } from '../../parts/take-problem.ts';
import { reentries } from './new-workflow.tsx';

interface WorkflowFormProps {
  readonly workflow: WorkflowObject;
  readonly onClose: () => void;
}

/** The name of a workflow, and what happens when a profile comes again. */
export function WorkflowForm({ workflow, onClose }: WorkflowFormProps) {
  const { t } = useTranslation('workflows');
  const { t: common } = useTranslation('parts');
  const client = useQueryClient();
  const form = useForm<{ name: string; reentry: string }>({
    initialValues: { name: workflow.name, reentry: workflow.reentry },
    validate: { name: (value) => (value.trim() === '' ? common('required') : null) },
  });
  const save = useMutation({
    mutationFn: (body: typeof form.values) => api.patch<WorkflowObject>(`/workflows/${workflow.id}`, body),
    onSuccess: async () => {
      tellDone(common('saved'));
      await client.invalidateQueries({ queryKey: ['/workflows'] });
      onClose();
    },
    onError: (thrown) => takeProblem(form, thrown),
  });
  return (
    <FormModal
      title={t('save')}
      isOpen
      onClose={onClose}
      onSubmit={form.onSubmit((values) => save.mutate(values))}
      action={common('save')}
      isPending={save.isPending}
      problem={save.error}
    >
      <TextInput label={t('name')} data-autofocus {...form.getInputProps('name')} />
      <Select
        label={t('reentry')}
        allowDeselect={false}
        data={reentries.map((one) => ({ value: one, label: t(`reentries.${one}`) }))}
        {...form.getInputProps('reentry')}
      />
    </FormModal>
  );
}
