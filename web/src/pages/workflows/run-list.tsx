import { Anchor, Group, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconRoute } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import type { RunObject } from '../../../../src/http/admin/run-contract.ts';
import type { Column } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { useKeyset } from '../../parts/keyset.ts';
import { ListView } from '../../parts/list-view.tsx';
import { Moment } from '../../parts/moment.tsx';
import { StateChoice } from '../../parts/state-choice.tsx';
import { RunState, runStates } from './run-state.tsx';

const TYPING_MS = 300;

function useColumns(): Column<RunObject>[] {
  const { t } = useTranslation('workflows');
  return [
    { key: 'run', header: t('run'), render: ({ id }) => id },
    { key: 'status', header: t('status'), render: ({ status }) => <RunState status={status} /> },
    { key: 'node', header: t('node'), render: ({ node }) => node },
    { key: 'since', header: t('since'), render: ({ since }) => <Moment time={since} /> },
    {
      key: 'profile',
      header: t('profile'),
      render: (run) => (
        <Anchor component={Link} to={`/profiles/${run.profile_id}?database=${run.database_id}`} inherit>
          {run.profile_id}
        </Anchor>
      ),
    },
    {
      key: 'reason',
      header: t('reason'),
      render: ({ reason }) => (
        <Text inherit span className="breakable">
          {reason ?? ''}
        </Text>
      ),
    },
  ];
}

/** The runs of a workflow, the newest first, by state and node. */
export function RunList({ workflowId }: { readonly workflowId: number }) {
  const { t } = useTranslation('workflows');
  const [search, setSearch] = useSearchParams();
  const status = search.get('status') ?? '';
  const [node, setNode] = useState(search.get('node') ?? '');
  const [typed] = useDebouncedValue(node.trim(), TYPING_MS);
  const list = useKeyset<RunObject>('/runs', { workflow_id: workflowId, status, node: typed });
  const columns = useColumns();
  return (
    <>
      <Group gap="sm" align="flex-start">
        <StateChoice
          label={t('status')}
          every={t('everyStatus')}
          states={runStates}
          nameOf={(state) => t(`runStates.${state}`)}
          value={status}
          onChange={(next) =>
            setSearch(
              (old) => {
                const params = new URLSearchParams(old);
                if (next === '') params.delete('status');
                else params.set('status', next);
                return params;
              },
              { replace: true },
            )
          }
        />
        <TextInput
          mb="md"
          aria-label={t('node')}
          placeholder={t('node')}
          value={node}
          onChange={(event) => setNode(event.currentTarget.value)}
        />
      </Group>
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
