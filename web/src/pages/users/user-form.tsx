import { Radio, Select, Stack, Text, TextInput } from '@mantine/core';
import { isEmail, useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { UserObject } from '../../../../src/http/admin/account-contract.ts';
import { api } from '../../api/client.ts';
import { FormModal } from '../../parts/form-modal.tsx';
import { takeProblem } from '../../parts/take-problem.ts';
import { languageNames, languages } from '../../words/languages.ts';
import type { UserWithPassword } from './user-with-password.ts';

const roles = ['viewer', 'editor', 'owner'] as const;

interface UserFormProps {
  readonly user: UserObject | 'new';
  readonly onClose: () => void;
  readonly onSaved: (user: UserWithPassword) => void;
}

/** Makes a user, or changes the name and role of one. */
export function UserForm({ user, onClose, onSaved }: UserFormProps) {
  const { t } = useTranslation('users');
  const { t: common } = useTranslation('parts');
  const known = user === 'new' ? undefined : user;
  const form = useForm<{ name: string; email: string; role: string; language: string | null }>({
    initialValues: {
      name: known?.name ?? '',
      email: known?.email ?? '',
      role: known?.role ?? 'editor',
      language: known?.language ?? null,
    },
    validate: {
      name: (value) => (value.trim() === '' ? common('required') : null),
      email: known === undefined ? isEmail(t('notEmail')) : () => null,
    },
  });
  const save = useMutation({
    mutationFn: ({ name, email, role, language }: typeof form.values) =>
      known === undefined
        ? api.post<UserWithPassword>('/users', { name, email: email.trim(), role, language })
        : api.patch<UserWithPassword>(`/users/${known.id}`, { name, role }),
    onSuccess: onSaved,
    onError: (thrown) => takeProblem(form, thrown),
  });
  return (
    <FormModal
      title={known === undefined ? t('makeTitle') : t('changeTitle', { name: known.name })}
      isOpen
      onClose={onClose}
      onSubmit={form.onSubmit((values) => save.mutate(values))}
      action={known === undefined ? t('makeAction') : common('save')}
      isPending={save.isPending}
      problem={save.error}
    >
      <TextInput label={t('name')} data-autofocus {...form.getInputProps('name')} />
      <TextInput
        label={t('email')}
        type="email"
        disabled={known !== undefined}
        {...form.getInputProps('email')}
      />
      <Radio.Group label={t('role')} {...form.getInputProps('role')}>
        <Stack gap="xs" mt="xs">
          {roles.map((role) => (
            <Radio key={role} value={role} label={t(`roles.${role}`)} description={t(`roleHelp.${role}`)} />
          ))}
        </Stack>
      </Radio.Group>
      {known === undefined ? (
        <>
          <Select
            label={t('language')}
            placeholder={t('asBrowser')}
            clearable
            data={languages.map((one) => ({ value: one, label: languageNames[one] }))}
            {...form.getInputProps('language')}
          />
          <Text size="sm" c="dimmed">
            {t('passwordNote')}
          </Text>
        </>
      ) : null}
    </FormModal>
  );
}
