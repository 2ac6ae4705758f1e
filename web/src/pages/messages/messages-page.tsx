import { Group, Select } from '@mantine/core';
import { IconMessage2 } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import type { MessageObject } from '../../../../src/http/admin/message-contract.ts';
import { useTemplates, useWorkflows } from '../../api/lists.ts';
import { useMay } from '../../api/session.ts';
import type { Column } from '../../parts/data-table.tsx';
import { DecideAll } from '../../parts/decide-all.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { useKeyset } from '../../parts/keyset.ts';
import { ListView } from '../../parts/list-view.tsx';
import { Moment } from '../../parts/moment.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { SenderPick, TemplatePick, WorkflowPick } from '../../parts/picks.tsx';
import { decisions } from './decisions.ts';
import { MessageState, messageStates } from './message-state.tsx';

const filterKeys = [
  'status',
  'workflow_id',
  'sender_id',
  'template_id',
  'profile_id',
  'run_id',
  'task_id',
] as const;

function useColumns(): Column<MessageObject>[] {
  const { t } = useTranslation('messages');
  const { data: workflows } = useWorkflows();
  const { data: templates } = useTemplates();
  return [
    { key: 'to', header: t('to'), render: ({ address }) => address ?? t('erased') },
    { key: 'status', header: t('status'), render: ({ status }) => <MessageState status={status} /> },
    {
      key: 'template',
      header: t('template'),
      render: (message) =>
        templates?.find(({ id }) => id === message.template_id)?.name ?? message.template_id,
    },
    {
      key: 'workflow',
      header: t('workflow'),
      render: (message) => workflows?.find(({ id }) => id === message.workflow_id)?.name ?? '',
    },
    { key: 'made', header: t('made'), render: (message) => <Moment time={message.created_at} /> },
    { key: 'why', header: t('why'), render: ({ reason }) => reason ?? '' },
  ];
}

export function MessagesPage() {
  const { t } = useTranslation('messages');
  const { t: common } = useTranslation('parts');
  const [search, setSearch] = useSearchParams();
  const filters = Object.fromEntries(filterKeys.map((key) => [key, search.get(key) ?? undefined]));
  const list = useKeyset<MessageObject>('/messages', filters);
  const columns = useColumns();
  const mayDecide = useMay('editor');
  const choose = (key: string) => (value: string | number | null) =>
    setSearch((old) => {
      const next = new URLSearchParams(old);
      if (value === null) next.delete(key);
      else next.set(key, String(value));
      return next;
    });
  const number = (key: (typeof filterKeys)[number]) => (search.has(key) ? Number(search.get(key)) : null);
  return (
    <>
      <PageHeader
        title={t('title')}
        about={t('about')}
        actions={
          filters['status'] === 'parked' && mayDecide ? (
            <DecideAll
              path="/messages"
              filters={filters}
              decisions={decisions}
              nameOf={(decision) => t(`decisions.${decision}`)}
              help={t('decideText')}
            />
          ) : undefined
        }
      />
      <Group mb="md">
        <Select
          label={t('status')}
          placeholder={t('everyStatus')}
          clearable
          data={messageStates.map((status) => ({ value: status, label: t(`statuses.${status}`) }))}
          value={search.get('status')}
          onChange={choose('status')}
        />
        <WorkflowPick
          placeholder={common('everyWorkflow')}
          clearable
          value={number('workflow_id')}
          onChange={choose('workflow_id')}
        />
        <TemplatePick
          placeholder={common('everyTemplate')}
          clearable
          value={number('template_id')}
          onChange={choose('template_id')}
        />
        <SenderPick
          placeholder={common('everySender')}
          clearable
          value={number('sender_id')}
          onChange={choose('sender_id')}
        />
      </Group>
      <ListView
        list={list}
        label={t('title')}
        columns={columns}
        rowKey={({ id }) => id}
        linkOf={({ id }) => `/messages/${id}`}
        empty={<EmptyState icon={IconMessage2} title={t('empty')} text={t('emptyText')} />}
      />
    </>
  );
}
