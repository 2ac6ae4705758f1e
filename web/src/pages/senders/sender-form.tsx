import { Button, Card, Group, NumberInput, Select, SimpleGrid, Stack, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { Static } from 'typebox';
import type { verified } from '../../../../src/http/admin/sender-contract.ts';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { JsonEditor } from '../../parts/json-editor.tsx';
import type { JsonRecord } from '../../parts/json-record.ts';
import { tellDone, tellProblem } from '../../parts/notify.ts';
import { PasswordField } from '../../parts/password-field.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { takeProblem } from '../../parts/take-problem.ts';
import { TryFault, useTryFirst } from '../../parts/try-first.tsx';
import {
  documentsOf,
  isOtherServer,
  type SenderRecord,
  type SenderValues,
  toBody,
  toValues,
} from './sender-values.ts';

const channels = ['email', 'sms', 'push', 'notify', 'viber', 'whatsapp', 'telegram_bot'] as const;
const secures = ['tls', 'starttls', 'none'] as const;
/** Keys of the API by the fields of the form that differ from them. */
const fieldOf: Readonly<Record<string, string>> = { reply_to: 'replyTo', envelope_from: 'envelopeFrom' };

/** Tries, then saves. */
function useSaving(
  form: Pick<ReturnType<typeof useForm<SenderValues>>, 'setFieldError' | 'values'>,
  sender: SenderRecord | undefined,
  documents: JsonRecord | undefined,
) {
  const { t: common } = useTranslation('parts');
  const client = useQueryClient();
  const navigate = useNavigate();
  const takeFaults = (thrown: unknown): void =>
    takeProblem(
      { setFieldError: (path, message) => form.setFieldError(fieldOf[path] ?? path, message) },
      thrown,
    );
  const save = useMutation({
    mutationFn: (values: SenderValues) => {
      const body = toBody(values, documents ?? {}, sender);
      return sender === undefined
        ? api.post<SenderRecord>('/senders', body)
        : api.patch<SenderRecord>(`/senders/${sender.id}`, body);
    },
    onSuccess: async ({ id }) => {
      tellDone(common('saved'));
      await client.invalidateQueries({ queryKey: ['/senders'] });
      await navigate(`/senders/${id}`, { replace: true });
    },
    onError: takeFaults,
  });
  const trial = useTryFirst<SenderValues>({
    shown: JSON.stringify([form.values, documents]),
    isNeeded: (values) => values.channel === 'email' && isOtherServer(values, sender),
    attempt: async (values) => {
      const body = toBody(values, documents ?? {}, sender);
      const draft = sender === undefined ? body : { ...body, id: sender.id };
      const { ok, error } = await api.post<Static<typeof verified>>('/senders/verify', draft);
      return ok ? undefined : (error ?? '');
    },
    onFault: (thrown) => {
      takeFaults(thrown);
      tellProblem(thrown);
    },
    save: (values) => save.mutate(values),
  });
  return { save, trial };
}

/** A sender, made or changed; it is tried before it is saved. */
export function SenderForm({ sender }: { readonly sender: SenderRecord | undefined }) {
  const { t } = useTranslation('senders');
  const { t: common } = useTranslation('parts');
  const mayChange = useMay('editor');
  const [documents, setDocuments] = useState<JsonRecord | undefined>(() => documentsOf(sender));
  const form = useForm<SenderValues>({
    initialValues: toValues(sender),
    validate: { name: (value) => (value.trim() === '' ? common('required') : null) },
  });
  const isMail = form.values.channel === 'email';
  const { save, trial } = useSaving(form, sender, documents);
  return (
    <form
      onSubmit={form.onSubmit((values) => {
        if (documents !== undefined) trial.submit(values);
      })}
      noValidate
    >
      <fieldset disabled={!mayChange} style={{ border: 0, padding: 0, margin: 0 }}>
        <Stack maw={900}>
          {save.error === null ? null : <ProblemAlert problem={save.error} />}
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput label={t('name')} {...form.getInputProps('name')} />
            <Select
              label={t('channel')}
              allowDeselect={false}
              disabled={sender !== undefined}
              data={channels.map((channel) => ({ value: channel, label: t(`channels.${channel}`) }))}
              {...form.getInputProps('channel')}
            />
          </SimpleGrid>
          {isMail ? <MailFields form={form} hasPassword={sender?.['has_password'] === true} /> : null}
          <JsonEditor
            label={isMail ? t('more') : t('gateway')}
            description={isMail ? t('moreHelp') : t('gatewayHelp')}
            value={documents ?? {}}
            onChange={setDocuments}
            minHeight={isMail ? '80px' : '260px'}
          />
          {trial.fault === null ? null : (
            <TryFault
              title={t('tryFailed')}
              fault={trial.fault}
              isPending={save.isPending}
              onSave={form.onSubmit((values) => {
                if (documents !== undefined) save.mutate(values);
              })}
            />
          )}
          {mayChange ? (
            <Group>
              <Button type="submit" loading={trial.isTrying || save.isPending}>
                {isMail ? t('tryAndSave') : t('save')}
              </Button>
            </Group>
          ) : null}
        </Stack>
      </fieldset>
    </form>
  );
}

interface MailFieldsProps {
  readonly form: Pick<ReturnType<typeof useForm<SenderValues>>, 'getInputProps'>;
  readonly hasPassword: boolean;
}

function MailFields({ form, hasPassword }: MailFieldsProps) {
  const { t } = useTranslation('senders');
  return (
    <>
      <Card withBorder component="section" aria-label={t('server')}>
        <Title order={2} size="h3" mb="sm">
          {t('server')}
        </Title>
        <SimpleGrid cols={{ base: 1, sm: 3 }}>
          <TextInput label={t('host')} placeholder="smtp.example.com" {...form.getInputProps('host')} />
          <NumberInput
            label={t('port')}
            placeholder={t('portHelp')}
            min={1}
            max={65535}
            {...form.getInputProps('port')}
          />
          <Select
            label={t('secure')}
            allowDeselect={false}
            data={secures.map((one) => ({ value: one, label: t(`secures.${one}`) }))}
            {...form.getInputProps('secure')}
          />
          <TextInput label={t('user')} autoComplete="off" {...form.getInputProps('user')} />
          <PasswordField
            label={t('password')}
            autoComplete="new-password"
            placeholder={hasPassword ? t('kept') : ''}
            {...form.getInputProps('password')}
          />
        </SimpleGrid>
      </Card>
      <Card withBorder component="section" aria-label={t('letters')}>
        <Title order={2} size="h3" mb="sm">
          {t('letters')}
        </Title>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput label={t('from')} placeholder={t('fromHelp')} {...form.getInputProps('from')} />
          <TextInput label={t('replyTo')} {...form.getInputProps('replyTo')} />
          <TextInput
            label={t('envelopeFrom')}
            placeholder={t('envelopeHelp')}
            {...form.getInputProps('envelopeFrom')}
          />
          <NumberInput label={t('pool')} placeholder="5" min={1} max={100} {...form.getInputProps('pool')} />
          <NumberInput label={t('rate')} placeholder={t('noLimit')} min={0} {...form.getInputProps('rate')} />
        </SimpleGrid>
      </Card>
    </>
  );
}
