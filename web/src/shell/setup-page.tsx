import { Button, Stack, Text, TextInput } from '@mantine/core';
import { isEmail, useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client.ts';
import { type OpenedSession, useKeepSession } from '../api/session.ts';
import { PasswordField } from '../parts/password-field.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { takeProblem } from '../parts/take-problem.ts';
import { Entrance } from './entrance.tsx';

/** As the server wants it. */
const LEAST_PASSWORD = 10;

/** The token in `…/#setup=TOKEN`, which the server prints at its first start: what stands behind # is sent nowhere. */
function tokenOfAddress(): string {
  return new URLSearchParams(window.location.hash.slice(1)).get('setup') ?? '';
}

function useSetupForm(known: string) {
  const { t } = useTranslation('shell');
  const required = (value: string) => (value.trim() === '' ? t('setupPage.required') : null);
  return useForm({
    initialValues: { setup_token: known, name: '', email: '', password: '', repeat: '' },
    validate: {
      setup_token: required,
      name: required,
      email: isEmail(t('setupPage.notEmail')),
      password: (value) =>
        value.length < LEAST_PASSWORD ? t('setupPage.passwordHelp', { least: LEAST_PASSWORD }) : null,
      repeat: (value, values) => (value === values.password ? null : t('setupPage.different')),
    },
  });
}

/** The first run: the account of the owner. */
export function SetupPage() {
  const { t } = useTranslation('shell');
  const keep = useKeepSession();
  const [known] = useState(tokenOfAddress);
  const form = useSetupForm(known);
  const setUp = useMutation({
    mutationFn: ({ repeat: _, ...body }: typeof form.values) => api.post<OpenedSession>('/setup', body),
    onSuccess: (opened) => {
      window.history.replaceState(null, '', window.location.pathname);
      keep(opened);
    },
    onError: (thrown) => takeProblem(form, thrown),
  });
  return (
    <Entrance title={t('setupPage.title')}>
      <Text>{t('setupPage.intro')}</Text>
      <form onSubmit={form.onSubmit((values) => setUp.mutate(values))} noValidate>
        <Stack>
          {setUp.error === null ? null : <ProblemAlert problem={setUp.error} />}
          <PasswordField
            label={t('setupPage.token')}
            description={known === '' ? t('setupPage.tokenHelp') : t('setupPage.tokenKnown')}
            autoComplete="off"
            {...form.getInputProps('setup_token')}
          />
          <TextInput label={t('setupPage.name')} autoComplete="name" {...form.getInputProps('name')} />
          <TextInput
            label={t('setupPage.email')}
            type="email"
            autoComplete="username"
            {...form.getInputProps('email')}
          />
          <PasswordField
            label={t('setupPage.password')}
            description={t('setupPage.passwordHelp', { least: LEAST_PASSWORD })}
            autoComplete="new-password"
            {...form.getInputProps('password')}
          />
          <PasswordField
            label={t('setupPage.repeat')}
            autoComplete="new-password"
            {...form.getInputProps('repeat')}
          />
          <Button type="submit" loading={setUp.isPending}>
            {t('setupPage.make')}
          </Button>
        </Stack>
      </form>
    </Entrance>
  );
}
