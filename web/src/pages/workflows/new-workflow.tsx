import { Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { WorkflowObject } from '../../../../src/http/admin/contract.ts';
import { api } from '../../api/client.ts';
import { useCurrentDatabase } from '../../parts/current-database.ts';
import { FormModal } from '../../parts/form-modal.tsx';
import { DatabasePick } from '../../parts/picks.tsx';
import { takeProblem } from '../../parts/take-problem.ts';
import { beginnings, definitionOf } from './beginnings.ts';

export const reentries = ['never', 'not_inside', 'restart', 'each'] as const;

/** Makes a workflow and opens its editor. */
export function NewWorkflow({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation('workflows');
  const { t: common } = useTranslation('parts');
  const client = useQueryClient();
  const navigate = useNavigate();
  const { database } = useCurrentDatabase();
  const form = useForm<{ name: string; database_id: number | null; reentry: string; beginning: string }>({
    initialValues: {
      name: '',
      database_id: database?.id ?? null,
      reentry: 'not_inside',
      beginning: 'letter',
    },
    validate: {
      name: (value) => (value.trim() === '' ? common('required') : null),
      database_id: (value) => (value === null ? common('required') : null),
    },
  });
  const make = useMutation({
    mutationFn: ({ beginning, ...body }: typeof form.values) =>
      api.post<WorkflowObject>('/workflows', {
        ...body,
        definition: definitionOf(beginnings.find((one) => one === beginning) ?? 'empty'),
      }),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ['/workflows'] });
      await navigate(`/workflows/${id}/edit`);
    },
    onError: (thrown) => takeProblem(form, thrown),
  });
  return (
    <FormModal
      title={t('make')}
      isOpen
      onClose={onClose}
      onSubmit={form.onSubmit((values) => make.mutate(values))}
      action={t('makeAction')}
      isPending={make.isPending}
      problem={make.error}
    >
      <TextInput label={t('name')} data-autofocus {...form.getInputProps('name')} />
      <DatabasePick
        value={form.values.database_id}
        onChange={(id) => form.setFieldValue('database_id', id)}
        error={form.errors['database_id']}
        allowDeselect={false}
      />
      <Select
        label={t('beginWith')}
        allowDeselect={false}
        data={beginnings.map((one) => ({ value: one, label: t(`beginnings.${one}`) }))}
        {...form.getInputProps('beginning')}
      />
      <Select
        label={t('reentry')}
        allowDeselect={false}
        data={reentries.map((one) => ({ value: one, label: t(`reentries.${one}`) }))}
        {...form.getInputProps('reentry')}
      />
    </FormModal>
  );
}
