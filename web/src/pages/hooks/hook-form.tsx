import { Checkbox, MultiSelect, NumberInput, SimpleGrid, TagsInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Static } from 'typebox';
import type { HookObject, hookPing } from '../../../../src/http/admin/hook-contract.ts';
import { api } from '../../api/client.ts';
import { useDatabases, useResources, useWorkflows } from '../../api/lists.ts';
import { FormModal } from '../../parts/form-modal.tsx';
import { JsonEditor } from '../../parts/json-editor.tsx';
import { type JsonRecord, parseRecord } from '../../parts/json-record.ts';
import { tellProblem } from '../../parts/notify.ts';
import { PasswordField } from '../../parts/password-field.tsx';
import { takeProblem } from '../../parts/take-problem.ts';
import { TryFault, useTryFirst } from '../../parts/try-first.tsx';
import { type HookValues, isOtherTarget, toBody, toValues } from './hook-values.ts';

export interface HookWithSecret extends HookObject {
  readonly secret?: string;
}

interface HookFormProps {
  /** undefined = a new one. */
  readonly hook: HookObject | undefined;
  readonly onClose: () => void;
  readonly onSaved: (hook: HookWithSecret) => void;
}

/** As the server names them; the user's own are written. */
const eventNames = [
  ...[
    'import_api',
    'profile_created',
    'profile_updated',
    'subscribed',
    'unsubscribed',
    'complain',
    'hardbounced',
  ],
  ...['send', 'deliv', 'undeliv', 'sbounce', 'hbounce', 'open', 'uopen', 'click', 'uclick', 'unsub'],
  ...['workflow_start', 'workflow_end', 'api_call'],
];

function toOptions(list: readonly { id: number; name: string }[] | undefined) {
  return (list ?? []).map(({ id, name }) => ({ value: String(id), label: name }));
}

function customDataOf(hook: HookObject | undefined): JsonRecord {
  const parsed = parseRecord(JSON.stringify(hook?.custom_data ?? {}));
  return 'value' in parsed ? parsed.value : {};
}

/** Pings, then saves. */
function useSaving(
  form: Pick<ReturnType<typeof useForm<HookValues>>, 'setFieldError' | 'values'>,
  hook: HookObject | undefined,
  customData: JsonRecord | undefined,
  onSaved: (hook: HookWithSecret) => void,
) {
  const save = useMutation({
    mutationFn: (values: HookValues) => {
      const body = toBody(values, customData ?? {}, hook);
      return hook === undefined
        ? api.post<HookWithSecret>('/hooks', body)
        : api.patch<HookWithSecret>(`/hooks/${hook.id}`, body);
    },
    onSuccess: onSaved,
    onError: (thrown) => takeProblem(form, thrown),
  });
  const trial = useTryFirst<HookValues>({
    shown: JSON.stringify([form.values, customData]),
    isNeeded: (values) => isOtherTarget(values, hook),
    attempt: async (values) => {
      const body = toBody(values, customData ?? {}, hook);
      const draft = hook === undefined ? body : { ...body, id: hook.id };
      const { ok, fault, answer } = await api.post<Static<typeof hookPing>>('/hooks/ping', draft);
      return ok ? undefined : [fault ?? '', answer ?? ''].filter(Boolean).join(': ');
    },
    onFault: (thrown) => {
      takeProblem(form, thrown);
      tellProblem(thrown);
    },
    save: (values) => save.mutate(values),
  });
  return { save, trial };
}

/** Makes a hook or changes one; its target is pinged before that is saved. */
export function HookForm({ hook, onClose, onSaved }: HookFormProps) {
  const { t } = useTranslation('hooks');
  const { t: common } = useTranslation('parts');
  const [customData, setCustomData] = useState<JsonRecord | undefined>(() => customDataOf(hook));
  const form = useForm<HookValues>({
    initialValues: toValues(hook),
    validate: {
      name: (value) => (value.trim() === '' ? common('required') : null),
      url: (value) => (/^https?:\/\/./.test(value.trim()) ? null : t('urlWrong')),
    },
  });
  const { save, trial } = useSaving(form, hook, customData, onSaved);
  return (
    <FormModal
      title={hook === undefined ? t('make') : t('change')}
      isOpen
      onClose={onClose}
      onSubmit={form.onSubmit((values) => {
        if (customData !== undefined) trial.submit(values);
      })}
      action={hook === undefined ? t('makeAction') : common('save')}
      isPending={trial.isTrying || save.isPending}
      problem={save.error}
      size="lg"
    >
      <TextInput label={t('name')} data-autofocus {...form.getInputProps('name')} />
      <TextInput label={t('url')} description={t('urlHelp')} {...form.getInputProps('url')} />
      <TagsInput
        label={t('events')}
        description={t('eventsHelp')}
        data={eventNames}
        {...form.getInputProps('events')}
      />
      <Filters form={form} />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <NumberInput label={t('batchSize')} min={1} max={10_000} {...form.getInputProps('batchSize')} />
        <NumberInput label={t('batchTimeout')} min={0} max={3600} {...form.getInputProps('batchTimeout')} />
      </SimpleGrid>
      <TextInput label={t('pattern')} description={t('patternHelp')} {...form.getInputProps('pattern')} />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput label={t('headerName')} placeholder="X-Api-Key" {...form.getInputProps('headerName')} />
        <PasswordField
          label={t('headerValue')}
          autoComplete="off"
          placeholder={hook?.header == null ? '' : t('headerKept')}
          {...form.getInputProps('headerValue')}
        />
      </SimpleGrid>
      <OauthFields form={form} isKept={hook !== undefined && hook.oauth2 !== null} />
      <JsonEditor
        label={t('customData')}
        value={customData ?? {}}
        onChange={setCustomData}
        minHeight="50px"
      />
      {trial.fault === null ? null : (
        <TryFault
          title={t('pingFailed')}
          fault={trial.fault}
          isPending={save.isPending}
          onSave={form.onSubmit((values) => {
            if (customData !== undefined) save.mutate(values);
          })}
        />
      )}
    </FormModal>
  );
}

type Form = Pick<ReturnType<typeof useForm<HookValues>>, 'values' | 'getInputProps'>;

function Filters({ form }: { readonly form: Form }) {
  const { t } = useTranslation('hooks');
  const { data: databases } = useDatabases();
  const { data: resources } = useResources();
  const { data: workflows } = useWorkflows();
  const lists = [
    ['databases', databases],
    ['resources', resources],
    ['workflows', workflows],
  ] as const;
  return (
    <SimpleGrid cols={{ base: 1, xs: 3 }}>
      {lists.map(([key, list]) => (
        <MultiSelect
          key={key}
          label={t(key)}
          placeholder={form.values[key].length === 0 ? t('all') : ''}
          searchable
          clearable
          data={toOptions(list)}
          {...form.getInputProps(key)}
        />
      ))}
    </SimpleGrid>
  );
}

function OauthFields({ form, isKept }: { readonly form: Form; readonly isKept: boolean }) {
  const { t } = useTranslation('hooks');
  return (
    <>
      <Checkbox label={t('oauth')} {...form.getInputProps('hasOauth', { type: 'checkbox' })} />
      {form.values.hasOauth ? (
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <TextInput label={t('tokenUrl')} {...form.getInputProps('tokenUrl')} />
          <TextInput label={t('scope')} {...form.getInputProps('scope')} />
          <TextInput label={t('clientId')} {...form.getInputProps('clientId')} />
          <PasswordField
            label={t('clientSecret')}
            autoComplete="off"
            placeholder={isKept ? t('headerKept') : ''}
            {...form.getInputProps('clientSecret')}
          />
        </SimpleGrid>
      ) : null}
    </>
  );
}
