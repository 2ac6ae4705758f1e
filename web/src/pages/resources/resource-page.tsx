import {
  Button,
  Card,
  Group,
  MultiSelect,
  NumberInput,
  SimpleGrid,
  Stack,
  TagsInput,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import type { ResourceObject } from '../../../../src/http/admin/resource-contract.ts';
import { api } from '../../api/client.ts';
import { useDatabases } from '../../api/lists.ts';
import { useMay } from '../../api/session.ts';
import { tellDone } from '../../parts/notify.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { SenderPick } from '../../parts/picks.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { takeProblem } from '../../parts/take-problem.ts';
import { caps, channels, type ResourceValues, toBody, toValues } from './resource-values.ts';

export function ResourcePage() {
  const { t } = useTranslation('resources');
  const { id = '' } = useParams();
  const isNew = id === 'new';
  const query = useQuery({
    queryKey: ['/resources', id],
    queryFn: ({ signal }) => api.get<ResourceObject>(`/resources/${id}`, {}, signal),
    enabled: !isNew,
  });
  return (
    <>
      <PageHeader
        title={isNew ? t('make') : (query.data?.name ?? t('title'))}
        above={[{ to: '/resources', title: t('title') }]}
      />
      {isNew ? (
        <ResourceForm resource={undefined} />
      ) : (
        <QueryView query={query}>
          {(resource) => <ResourceForm key={resource.id} resource={resource} />}
        </QueryView>
      )}
    </>
  );
}

function ResourceForm({ resource }: { readonly resource: ResourceObject | undefined }) {
  const { t } = useTranslation('resources');
  const { t: common } = useTranslation('parts');
  const client = useQueryClient();
  const navigate = useNavigate();
  const mayChange = useMay('editor');
  const form = useForm<ResourceValues>({
    initialValues: toValues(resource),
    validate: { name: (value) => (value.trim() === '' ? common('required') : null) },
  });
  const save = useMutation({
    mutationFn: (values: ResourceValues) =>
      resource === undefined
        ? api.post<ResourceObject>('/resources', toBody(values))
        : api.patch<ResourceObject>(`/resources/${resource.id}`, toBody(values)),
    onSuccess: async ({ id }) => {
      tellDone(common('saved'));
      form.resetDirty();
      await client.invalidateQueries({ queryKey: ['/resources'] });
      await navigate(`/resources/${id}`, { replace: true });
    },
    onError: (thrown) => takeProblem(form, thrown),
  });
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
      <fieldset disabled={!mayChange} style={{ border: 0, padding: 0, margin: 0 }}>
        <Stack maw={900}>
          {save.error === null ? null : <ProblemAlert problem={save.error} />}
          <Basics form={form} />
          <Senders form={form} />
          <Policy form={form} />
          {mayChange ? (
            <Group>
              <Button type="submit" loading={save.isPending}>
                {resource === undefined ? t('makeAction') : common('save')}
              </Button>
            </Group>
          ) : null}
        </Stack>
      </fieldset>
    </form>
  );
}

type Form = Pick<
  ReturnType<typeof useForm<ResourceValues>>,
  'values' | 'getInputProps' | 'setFieldValue' | 'errors'
>;

function Basics({ form }: { readonly form: Form }) {
  const { t } = useTranslation('resources');
  const { data: databases } = useDatabases();
  return (
    <Card withBorder>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput label={t('name')} {...form.getInputProps('name')} />
        <MultiSelect
          label={t('databases')}
          data={(databases ?? []).map(({ id, name }) => ({ value: String(id), label: name }))}
          {...form.getInputProps('databases')}
        />
        <MultiSelect
          label={t('channels')}
          data={channels.map((channel) => ({ value: channel, label: t(`channel.${channel}`) }))}
          {...form.getInputProps('channels')}
        />
        <TagsInput
          label={t('categories')}
          placeholder={t('categoriesHelp')}
          {...form.getInputProps('categories')}
        />
      </SimpleGrid>
    </Card>
  );
}

function Senders({ form }: { readonly form: Form }) {
  const { t } = useTranslation('resources');
  const shown = channels.filter((channel) => form.values.channels.includes(channel));
  if (shown.length === 0) return null;
  return (
    <Card withBorder component="section" aria-label={t('senders')}>
      <Title order={2} size="h3" mb="sm">
        {t('senders')}
      </Title>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {shown.map((channel) => (
          <SenderPick
            key={channel}
            label={t('senderFor', { channel: t(`channel.${channel}`) })}
            channel={channel}
            clearable
            value={form.values.senders[channel] ?? null}
            onChange={(id) => form.setFieldValue('senders', { ...form.values.senders, [channel]: id })}
            error={form.errors[`senders.${channel}`]}
          />
        ))}
      </SimpleGrid>
    </Card>
  );
}

function Policy({ form }: { readonly form: Form }) {
  const { t } = useTranslation('resources');
  return (
    <Card withBorder component="section" aria-label={t('policy')}>
      <Title order={2} size="h3">
        {t('policy')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('policyAbout')}
      </Text>
      <SimpleGrid cols={{ base: 2, sm: 4 }} mb="sm">
        {caps.map((cap) => (
          <NumberInput
            key={cap}
            label={t(`caps.${cap}`)}
            placeholder={t('noCap')}
            min={1}
            allowDecimal={false}
            {...form.getInputProps(`caps.${cap}`)}
          />
        ))}
      </SimpleGrid>
      <Text size="sm" fw={500}>
        {t('quiet')}
      </Text>
      <Group>
        <TextInput label={t('from')} placeholder="22:00" w={110} {...form.getInputProps('quietFrom')} />
        <TextInput label={t('to')} placeholder="08:00" w={110} {...form.getInputProps('quietTo')} />
      </Group>
    </Card>
  );
}
