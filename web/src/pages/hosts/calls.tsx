import { Anchor, Button, Group, Menu, Select, Text } from '@mantine/core';
import { IconApi } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import type { CallObject } from '../../../../src/http/admin/call-contract.ts';
import { api } from '../../api/client.ts';
import { useWorkflows } from '../../api/lists.ts';
import { useMay } from '../../api/session.ts';
import type { Column } from '../../parts/data-table.tsx';
import { DecideAll } from '../../parts/decide-all.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { useKeyset } from '../../parts/keyset.ts';
import { ListView } from '../../parts/list-view.tsx';
import { Moment } from '../../parts/moment.tsx';
import { tellDone, tellProblem } from '../../parts/notify.ts';
import { type Mood, StateBadge } from '../../parts/state-badge.tsx';

const statuses = ['queued', 'held', 'done', 'failed', 'cancelled', 'unknown', 'parked'] as const;
const decisions = ['done', 'repeat', 'skip'] as const;
const moods: Readonly<Record<CallObject['status'], Mood>> = {
  queued: 'busy',
  held: 'warning',
  done: 'good',
  failed: 'bad',
  cancelled: 'quiet',
  unknown: 'warning',
  parked: 'bad',
};

function useColumns(): Column<CallObject>[] {
  const { t } = useTranslation('hosts');
  const { data: workflows } = useWorkflows();
  return [
    { key: 'call', header: t('call'), render: ({ method, host }) => `${method} ${host}` },
    {
      key: 'status',
      header: t('status'),
      render: ({ status }) => <StateBadge mood={moods[status]}>{t(`statuses.${status}`)}</StateBadge>,
    },
    {
      key: 'workflow',
      header: t('workflow'),
      render: (call) =>
        `${workflows?.find(({ id }) => id === call.workflow_id)?.name ?? call.workflow_id} · ${call.node}`,
    },
    { key: 'tries', header: t('tries'), align: 'right', render: ({ attempts }) => attempts },
    {
      key: 'answer',
      header: t('answer'),
      render: ({ http_status: status, fault }) => (
        <Text inherit className="breakable">
          {fault ?? (status === null ? '' : `HTTP ${status}`)}
        </Text>
      ),
    },
    {
      key: 'run',
      header: t('run'),
      render: ({ run_id: id }) => (
        <Anchor component={Link} to={`/runs/${id}`} inherit>
          {id.slice(-8)}
        </Anchor>
      ),
    },
    { key: 'made', header: t('made'), render: (call) => <Moment time={call.created_at} /> },
    { key: 'decide', header: '', align: 'right', render: (call) => <Decide call={call} /> },
  ];
}

/** API calls, the newest first. */
export function Calls() {
  const { t } = useTranslation('hosts');
  const [search, setSearch] = useSearchParams();
  const status = search.get('status');
  const mayDecide = useMay('editor');
  const list = useKeyset<CallObject>('/calls', { status: status ?? undefined });
  const columns = useColumns();
  return (
    <>
      <Group mb="md" align="flex-end">
        <Select
          label={t('status')}
          placeholder={t('everyStatus')}
          clearable
          data={statuses.map((one) => ({ value: one, label: t(`statuses.${one}`) }))}
          value={status}
          onChange={(next) => setSearch({ tab: 'calls', ...(next === null ? {} : { status: next }) })}
        />
        {status === 'parked' && mayDecide ? (
          <DecideAll
            path="/calls"
            filters={{}}
            decisions={decisions}
            nameOf={(decision) => t(`decisions.${decision}`)}
            help={t('decideText')}
          />
        ) : null}
      </Group>
      <ListView
        list={list}
        label={t('tabs.calls')}
        columns={columns}
        rowKey={({ id }) => id}
        empty={<EmptyState icon={IconApi} title={t('noCalls')} text={t('noCallsText')} />}
      />
    </>
  );
}

function Decide({ call }: { readonly call: CallObject }) {
  const { t } = useTranslation('hosts');
  const client = useQueryClient();
  const mayDecide = useMay('editor');
  const decide = useMutation({
    mutationFn: (as: (typeof decisions)[number]) => api.post<CallObject>(`/calls/${call.id}/resolve`, { as }),
    onSuccess: async () => {
      tellDone(t('decided'));
      await client.invalidateQueries({ queryKey: ['/calls'] });
    },
    onError: tellProblem,
  });
  if (call.status !== 'parked' || !mayDecide) return null;
  return (
    <Menu width={300} position="bottom-end">
      <Menu.Target>
        <Button size="compact-sm" loading={decide.isPending}>
          {t('decide')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('decideText')}</Menu.Label>
        {decisions.map((as) => (
          <Menu.Item key={as} onClick={() => decide.mutate(as)}>
            {t(`decisions.${as}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
