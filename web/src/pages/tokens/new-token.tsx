import { Checkbox, MultiSelect, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { CreatedTokenObject, TokenBody } from '../../../../src/http/admin/contract.ts';
import { api } from '../../api/client.ts';
import { useDatabases } from '../../api/lists.ts';
import { FormModal } from '../../parts/form-modal.tsx';
import { takeProblem } from '../../parts/take-problem.ts';

const rights = ['import', 'read', 'admin'] as const;

interface NewTokenProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onMade: (token: CreatedTokenObject) => void;
}

export function NewToken({ isOpen, onClose, onMade }: NewTokenProps) {
  const { t } = useTranslation('tokens');
  const { t: common } = useTranslation('parts');
  const { data: databases } = useDatabases();
  const form = useForm<{ name: string; rights: string[]; databases: string[] }>({
    initialValues: { name: '', rights: ['import', 'read'], databases: [] },
    validate: {
      name: (value) => (value.trim() === '' ? common('required') : null),
      rights: (value) => (value.length === 0 ? t('noRight') : null),
    },
  });
  const make = useMutation({
    mutationFn: (values: typeof form.values) => {
      const body: TokenBody = {
        name: values.name.trim(),
        rights: rights.filter((right) => values.rights.includes(right)),
        database_ids: values.databases.length === 0 ? null : values.databases.map(Number),
      };
      return api.post<CreatedTokenObject>('/tokens', body);
    },
    onSuccess: (token) => {
      form.reset();
      onMade(token);
    },
    onError: (thrown) => takeProblem(form, thrown),
  });
  return (
    <FormModal
      title={t('makeTitle')}
      isOpen={isOpen}
      onClose={onClose}
      onSubmit={form.onSubmit((values) => make.mutate(values))}
      action={t('makeAction')}
      isPending={make.isPending}
      problem={make.error}
    >
      <TextInput
        label={t('name')}
        description={t('nameHelp')}
        data-autofocus
        {...form.getInputProps('name')}
      />
      <Checkbox.Group label={t('rights')} {...form.getInputProps('rights')}>
        <Stack gap="xs" mt="xs">
          {rights.map((right) => (
            <Checkbox
              key={right}
              value={right}
              label={t(`right.${right}`)}
              description={t(`rightHelp.${right}`)}
            />
          ))}
        </Stack>
      </Checkbox.Group>
      <MultiSelect
        label={t('databases')}
        description={t('databasesHelp')}
        data={(databases ?? []).map(({ id, name }) => ({ value: String(id), label: name }))}
        searchable
        clearable
        {...form.getInputProps('databases')}
      />
    </FormModal>
  );
}
