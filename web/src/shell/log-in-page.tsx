import { Alert, Button, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client.ts';
import { toProblem } from '../api/problem.ts';
import { type OpenedSession, useKeepSession } from '../api/session.ts';
import { PasswordField } from '../parts/password-field.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { Entrance } from './entrance.tsx';

export function LogInPage() {
  const { t } = useTranslation('shell');
  const keep = useKeepSession();
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: {
      email: (value) => (value.trim() === '' ? t('setupPage.required') : null),
      password: (value) => (value === '' ? t('setupPage.required') : null),
    },
  });
  const logIn = useMutation({
    mutationFn: (values: typeof form.values) =>
      api.post<OpenedSession>('/session', { email: values.email.trim(), password: values.password }),
    onSuccess: (opened) => keep(opened),
  });
  const problem = logIn.error === null ? undefined : toProblem(logIn.error);
  return (
    <Entrance title={t('login.title')}>
      <form onSubmit={form.onSubmit((values) => logIn.mutate(values))} noValidate>
        <Stack>
          <LogInFault problem={problem} />
          <TextInput
            label={t('login.email')}
            type="email"
            autoComplete="username"
            autoFocus
            {...form.getInputProps('email')}
          />
          <PasswordField
            label={t('login.password')}
            autoComplete="current-password"
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={logIn.isPending}>
            {t('login.enter')}
          </Button>
          <Text size="sm" c="dimmed">
            {t('login.forgotten')}
          </Text>
        </Stack>
      </form>
    </Entrance>
  );
}

function LogInFault({ problem }: { problem: ReturnType<typeof toProblem> | undefined }) {
  const { t } = useTranslation('shell');
  if (problem === undefined) return null;
  if (problem.status === 401) {
    return (
      <Alert color="red" role="alert">
        {t('login.wrong')}
      </Alert>
    );
  }
  if (problem.status === 429) {
    return (
      <Alert color="orange" role="alert">
        {t('login.tooMany', { seconds: problem.retryAfter ?? 60 })}
      </Alert>
    );
  }
  return <ProblemAlert problem={problem} />;
}
