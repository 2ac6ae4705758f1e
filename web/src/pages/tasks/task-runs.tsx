import { Anchor, Text } from '@mantine/core';
import { IconRoute } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { TaskObject } from '../../../../src/http/admin/contract.ts';
import type { RunObject } from '../../../../src/http/admin/run-contract.ts';
import type { Column } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { useKeyset } from '../../parts/keyset.ts';
import { ListView } from '../../parts/list-view.tsx';
import { Moment } from '../../parts/moment.tsx';
import { type Mood, StateBadge } from '../../parts/state-badge.tsx';
import { StateChoice } from '../../parts/state-choice.tsx';

const states = ['active', 'waiting', 'ended', 'failed'] as const;
const moods: Readonly<Record<(typeof states)[number], Mood>> = {
  active: 'busy',
  waiting: 'quiet',
  ended: 'good',
  failed: 'bad',
};
const REFRESH_MS = 5_000;

function useColumns(): Column<RunObject>[] {
  const { t } = useTranslation('tasks');
  return [
    { key: 'run', header: t('run'), render: ({ id }) => id },
    {
      key: 'status',
      header: t('status'),
      render: ({ status }) => <StateBadge mood={moods[status]}>{t(`runStates.${status}`)}</StateBadge>,
    },
    { key: 'node', header: t('node'), render: ({ node }) => node },
    { key: 'since', header: t('since'), render: ({ since }) => <Moment time={since} /> },
    {
      key: 'profile',
      header: t('profile'),
      render: (run) => (
        <Anchor component={Link} to={`/profiles/${run.profile_id}?database=${run.database_id}`} size="sm">
          {run.profile_id}
        </Anchor>
      ),
    },
    {
      key: 'reason',
      header: t('reason'),
      render: ({ reason }) => (
        <Text size="sm" span className="breakable">
          {reason ?? ''}
        </Text>
      ),
    },
  ];
}

/** What the runs that the task has started are doing. */
export function TaskRuns({ task }: { readonly task: TaskObject }) {
  const { t } = useTranslation('tasks');
  const [status, setStatus] = useState('');
  const isMoving = task.runs.active + task.runs.waiting > 0;
  const list = useKeyset<RunObject>(
    '/runs',
    { task_id: task.id, status },
    isMoving ? { refetchInterval: REFRESH_MS } : {},
  );
  const columns = useColumns();
  return (
    <>
      <StateChoice
        label={t('status')}
        every={t('everyStatus')}
        states={states}
        nameOf={(state) => t(`runStates.${state}`)}
        value={status}
        onChange={setStatus}
      />
      <ListView
        list={list}
        label={t('tabs.runs')}
        columns={columns}
        rowKey={({ id }) => id}
        linkOf={({ id }) => `/runs/${id}`}
        empty={<EmptyState icon={IconRoute} title={t('noRuns')} text={t('noRunsText')} />}
      />
    </>
  );
}
