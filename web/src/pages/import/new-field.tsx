import { Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { FieldObject } from '../../../../src/http/admin/contract.ts';
import { api } from '../../api/client.ts';
import { FormModal } from '../../parts/form-modal.tsx';
import { takeProblem } from '../../parts/take-problem.ts';
import { guessType } from './guess-columns.ts';
import type { Cell } from './table.ts';

const types = ['string', 'int', 'float', 'bool', 'date', 'datetime', 'tags', 'ip'] as const;

interface NewFieldProps {
  readonly databaseId: number;
  readonly column: string;
  readonly values: readonly Cell[];
  readonly onClose: () => void;
  readonly onMade: (name: string) => void;
}

/** The name of the column as that of a field. */
function toName(column: string): string {
  return (
    column
      .trim()
      .replaceAll(/[^\p{L}\p{N}_]+/gu, '_')
      .replaceAll(/^_+|_+$/g, '') || 'field'
  );
}

/** A field for a column that fits none, its type guessed from the values. */
export function NewField({ databaseId, column, values, onClose, onMade }: NewFieldProps) {
  const { t } = useTranslation('newImport');
  const { t: common } = useTranslation('parts');
  const client = useQueryClient();
  const form = useForm({
    initialValues: { name: toName(column), type: String(guessType(values)) },
    validate: { name: (value) => (value.trim() === '' ? common('required') : null) },
  });
  const make = useMutation({
    mutationFn: (body: typeof form.values) => api.post<FieldObject>(`/databases/${databaseId}/fields`, body),
    onSuccess: async ({ name }) => {
      await client.invalidateQueries({ queryKey: [`/databases/${databaseId}/fields`] });
      onMade(name);
    },
    onError: (thrown) => takeProblem(form, thrown),
  });
  return (
    <FormModal
      title={t('columns.newFieldTitle', { column })}
      isOpen
      onClose={onClose}
      onSubmit={form.onSubmit((body) => make.mutate(body))}
      action={t('columns.makeField')}
      isPending={make.isPending}
      problem={make.error}
    >
      <TextInput
        label={t('columns.name')}
        description={t('columns.nameHelp')}
        data-autofocus
        {...form.getInputProps('name')}
      />
      <Select
        label={t('columns.type')}
        allowDeselect={false}
        data={types.map((type) => ({ value: type, label: t(`columns.types.${type}`) }))}
        {...form.getInputProps('type')}
      />
    </FormModal>
  );
}
