import { Checkbox, Select, TagsInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { FieldObject } from '../../../../src/http/admin/contract.ts';
import { api } from '../../api/client.ts';
import { FormModal } from '../../parts/form-modal.tsx';
import { tellDone } from '../../parts/notify.ts';
import { takeProblem } from '../../parts/take-problem.ts';

const types = [
  'string',
  'int',
  'float',
  'bool',
  'date',
  'datetime',
  'enum',
  'ip',
  'tags',
  'object',
  'objects',
] as const;
const flags = ['match', 'unique', 'required'] as const;

interface FieldFormProps {
  readonly databaseId: number;
  readonly field: FieldObject | 'new';
  readonly onClose: () => void;
}

interface FieldValues {
  readonly name: string;
  readonly type: string;
  readonly options: string[];
  readonly match: boolean;
  readonly unique: boolean;
  readonly required: boolean;
}

/** Adds a field, or changes what is declared of one. */
export function FieldForm({ databaseId, field, onClose }: FieldFormProps) {
  const { t } = useTranslation('databases');
  const { t: common } = useTranslation('parts');
  const client = useQueryClient();
  const known = field === 'new' ? undefined : field;
  const form = useForm<FieldValues>({
    initialValues: {
      name: known?.name ?? '',
      type: known?.type ?? 'string',
      options: [...(known?.options ?? [])],
      match: known?.match ?? false,
      unique: known?.unique ?? false,
      required: known?.required ?? false,
    },
    validate: { name: (value) => (value.trim() === '' ? common('required') : null) },
  });
  const isEnum = form.values.type === 'enum';
  const save = useMutation({
    mutationFn: ({ name, type, options, match, unique, required }: FieldValues) => {
      const settings = { match, unique, required, ...(isEnum ? { options } : {}) };
      return known === undefined
        ? api.post<FieldObject>(`/databases/${databaseId}/fields`, { name: name.trim(), type, ...settings })
        : api.patch<FieldObject>(`/databases/${databaseId}/fields/${known.id}`, settings);
    },
    onSuccess: async () => {
      tellDone(common('saved'));
      await client.invalidateQueries({ queryKey: [`/databases/${databaseId}/fields`] });
      onClose();
    },
    onError: (thrown) => takeProblem(form, thrown),
  });
  return (
    <FormModal
      title={known === undefined ? t('fieldTitle') : t('changeTitle', { name: known.name })}
      isOpen
      onClose={onClose}
      onSubmit={form.onSubmit((values) => save.mutate(values))}
      action={known === undefined ? t('fieldAction') : common('save')}
      isPending={save.isPending}
      problem={save.error}
    >
      <TextInput
        label={t('name')}
        description={t('fieldNameHelp')}
        disabled={known !== undefined}
        data-autofocus
        {...form.getInputProps('name')}
      />
      <Select
        label={t('type')}
        allowDeselect={false}
        disabled={known !== undefined}
        data={types.map((type) => ({ value: type, label: t(`types.${type}`) }))}
        {...form.getInputProps('type')}
      />
      {isEnum ? (
        <TagsInput label={t('options')} description={t('optionsHelp')} {...form.getInputProps('options')} />
      ) : null}
      {flags.map((flag) => (
        <Checkbox
          key={flag}
          label={t(flag)}
          description={t(`${flag}Help`)}
          {...form.getInputProps(flag, { type: 'checkbox' })}
        />
      ))}
    </FormModal>
  );
}
