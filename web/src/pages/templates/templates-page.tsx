import { Button, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconMail, IconPlus } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { TemplateObject } from '../../../../src/http/admin/template-contract.ts';
import { api } from '../../api/client.ts';
import { useDatabases } from '../../api/lists.ts';
import { useMay } from '../../api/session.ts';
import type { Column } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { FormModal } from '../../parts/form-modal.tsx';
import { useKeyset } from '../../parts/keyset.ts';
import { ListView } from '../../parts/list-view.tsx';
import { Moment } from '../../parts/moment.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { DatabasePick } from '../../parts/picks.tsx';
import { takeProblem } from '../../parts/take-problem.ts';
import { partsOf, starters } from './starters.ts';

export const channels = ['email', 'sms', 'push', 'notify', 'viber', 'whatsapp', 'telegram_bot'] as const;

export function TemplatesPage() {
  const { t } = useTranslation('templates');
  const mayMake = useMay('editor');
  const [isMaking, setMaking] = useState(false);
  const list = useKeyset<TemplateObject>('/templates');
  const { data: databases } = useDatabases();
  const columns: Column<TemplateObject>[] = [
    { key: 'name', header: t('name'), render: ({ name }) => name },
    { key: 'channel', header: t('channel'), render: ({ channel }) => t(`channels.${channel}`) },
    { key: 'subject', header: t('subject'), render: ({ subject }) => subject },
    {
      key: 'database',
      header: t('database'),
      render: (template) =>
        databases?.find(({ id }) => id === template.database_id)?.name ?? t('everyDatabase'),
    },
    { key: 'version', header: t('version'), align: 'right', render: ({ version }) => version },
    { key: 'changed', header: t('changed'), render: (template) => <Moment time={template.updated_at} /> },
  ];
  const makeButton = mayMake ? (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setMaking(true)}>
      {t('make')}
    </Button>
  ) : null;
  return (
    <>
      <PageHeader title={t('title')} about={t('about')} actions={makeButton} />
      <ListView
        list={list}
        label={t('title')}
        columns={columns}
        rowKey={({ id }) => id}
        linkOf={({ id }) => `/templates/${id}`}
        empty={<EmptyState icon={IconMail} title={t('empty')} text={t('emptyText')} action={makeButton} />}
      />
      {isMaking ? <NewTemplate onClose={() => setMaking(false)} /> : null}
    </>
  );
}

interface NewValues {
  readonly name: string;
  readonly channel: string;
  readonly starter: string;
  readonly database_id: number | null;
}

function NewTemplate({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation('templates');
  const { t: common } = useTranslation('parts');
  const client = useQueryClient();
  const navigate = useNavigate();
  const form = useForm<NewValues>({
    initialValues: { name: '', channel: 'email', starter: 'letter', database_id: null },
    validate: { name: (value) => (value.trim() === '' ? common('required') : null) },
  });
  const make = useMutation({
    mutationFn: ({ starter, ...body }: NewValues) =>
      api.post<TemplateObject>('/templates', {
        ...body,
        ...partsOf(starters.find((one) => one === starter) ?? 'empty', body.channel),
      }),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ['/templates'] });
      await navigate(`/templates/${id}`);
    },
    onError: (thrown) => takeProblem(form, thrown),
  });
  return (
    <FormModal
      title={t('make')}
      isOpen
      onClose={onClose}
      onSubmit={form.onSubmit((values) => make.mutate(values))}
      action={t('makeAction')}
      isPending={make.isPending}
      problem={make.error}
    >
      <TextInput label={t('name')} data-autofocus {...form.getInputProps('name')} />
      <Select
        label={t('channel')}
        allowDeselect={false}
        data={channels.map((channel) => ({ value: channel, label: t(`channels.${channel}`) }))}
        {...form.getInputProps('channel')}
      />
      <Select
        label={t('beginWith')}
        allowDeselect={false}
        data={starters.map((starter) => ({ value: starter, label: t(`starters.${starter}`) }))}
        {...form.getInputProps('starter')}
      />
      <DatabasePick
        placeholder={t('everyDatabase')}
        clearable
        value={form.values.database_id}
        onChange={(id) => form.setFieldValue('database_id', id)}
      />
    </FormModal>
  );
}
