import { Button, Card, Select, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { UserObject } from '../../../../src/http/admin/account-contract.ts';
import { api } from '../../api/client.ts';
import { useKeepSession, useUser } from '../../api/session.ts';
import { tellDone } from '../../parts/notify.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { PasswordField } from '../../parts/password-field.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { takeProblem } from '../../parts/take-problem.ts';
import { languageNames, languages } from '../../words/languages.ts';

/** As the server wants it. */
const LEAST_PASSWORD = 10;

export function AccountPage() {
  const { t } = useTranslation('account');
  return (
    <>
      <PageHeader title={t('title')} />
      <SimpleGrid cols={{ base: 1, md: 2 }} maw={960}>
        <Person />
        <Password />
      </SimpleGrid>
    </>
  );
}

function Person() {
  const { t } = useTranslation('account');
  const { t: common } = useTranslation('parts');
  const user = useUser();
  const keep = useKeepSession();
  const form = useForm<{ name: string; language: string | null }>({
    initialValues: { name: user.name, language: user.language },
    validate: { name: (value) => (value.trim() === '' ? common('required') : null) },
  });
  const save = useMutation({
    mutationFn: (body: typeof form.values) => api.patch<{ user: UserObject }>('/session', body),
    onSuccess: (changed) => {
      keep(changed);
      form.resetDirty();
      tellDone(common('saved'));
    },
    onError: (thrown) => takeProblem(form, thrown),
  });
  return (
    <Card withBorder component="section" aria-label={t('person')}>
      <form onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
        <Stack align="stretch">
          <Title order={2}>{t('person')}</Title>
          {save.error === null ? null : <ProblemAlert problem={save.error} />}
          <TextInput label={t('name')} autoComplete="name" {...form.getInputProps('name')} />
          <TextInput label={t('email')} description={t('emailHelp')} value={user.email} readOnly />
          <TextInput label={t('role')} value={t(`roles.${user.role}`)} readOnly />
          <Select
            label={t('language')}
            placeholder={t('asBrowser')}
            clearable
            data={languages.map((one) => ({ value: one, label: languageNames[one] }))}
            {...form.getInputProps('language')}
          />
          <Button
            type="submit"
            loading={save.isPending}
            disabled={!form.isDirty()}
            style={{ alignSelf: 'flex-start' }}
          >
            {common('save')}
          </Button>
        </Stack>
      </form>
    </Card>
  );
}

function Password() {
  const { t } = useTranslation('account');
  const { t: common } = useTranslation('parts');
  const form = useForm({
    initialValues: { current: '', new: '', repeat: '' },
    validate: {
      current: (value) => (value === '' ? common('required') : null),
      new: (value) => (value.length < LEAST_PASSWORD ? t('nextHelp', { least: LEAST_PASSWORD }) : null),
      repeat: (value, values) => (value === values.new ? null : t('different')),
    },
  });
  const change = useMutation({
    mutationFn: ({ repeat: _, ...body }: typeof form.values) => api.post<unknown>('/session/password', body),
    onSuccess: () => {
      form.reset();
      tellDone(t('changed'));
    },
    onError: (thrown) => takeProblem(form, thrown),
  });
  return (
    <Card withBorder component="section" aria-label={t('password')}>
      <form onSubmit={form.onSubmit((values) => change.mutate(values))} noValidate>
        <Stack>
          <Title order={2}>{t('password')}</Title>
          <Text size="sm" c="dimmed">
            {t('passwordAbout')}
          </Text>
          {change.error === null ? null : <ProblemAlert problem={change.error} />}
          <PasswordField
            label={t('current')}
            autoComplete="current-password"
            {...form.getInputProps('current')}
          />
          <PasswordField
            label={t('next')}
            description={t('nextHelp', { least: LEAST_PASSWORD })}
            autoComplete="new-password"
            {...form.getInputProps('new')}
          />
          <PasswordField label={t('repeat')} autoComplete="new-password" {...form.getInputProps('repeat')} />
          <Button type="submit" loading={change.isPending} style={{ alignSelf: 'flex-start' }}>
            {t('change')}
          </Button>
        </Stack>
      </form>
    </Card>
  );
}
