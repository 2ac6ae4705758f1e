import { Anchor, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { TaskObject } from '../../../../src/http/admin/contract.ts';
import { api } from '../../api/client.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Pager } from '../../parts/pager.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { isUnfinished } from './task-figures.ts';

const PAGE = 50;

type Item = NonNullable<TaskObject['result']>['result'][number];
interface Row {
  readonly number: number;
  readonly item: Item;
}

function useColumns(databaseId: number): Column<Row>[] {
  const { t } = useTranslation('tasks');
  return [
    { key: 'item', header: t('item'), width: 90, render: ({ number }) => number },
    {
      key: 'profile',
      header: t('profile'),
      render: ({ item }) =>
        'profile_id' in item ? (
          <Anchor component={Link} to={`/profiles/${item.profile_id}?database=${databaseId}`} size="sm">
            {item.profile_id}
          </Anchor>
        ) : null,
    },
    {
      key: 'result',
      header: t('result'),
      render: ({ item }) =>
        'profile_id' in item ? (
          t('went')
        ) : (
          <Text size="sm" c="var(--mantine-color-error)" span>
            {item.error} · {item.error_text}
          </Text>
        ),
    },
  ];
}

/** Each profile of the request in its order, with what became of it. */
export function TaskItems({ task }: { readonly task: TaskObject }) {
  const { t } = useTranslation('tasks');
  const [from, setFrom] = useState(0);
  const columns = useColumns(task.database_id);
  const query = useQuery({
    queryKey: ['/tasks', task.id, 'items', from],
    queryFn: ({ signal }) =>
      api.get<TaskObject>(`/tasks/${task.id}`, { result_from: from, result_limit: PAGE }, signal),
    enabled: !isUnfinished(task),
    placeholderData: keepPreviousData,
  });
  if (isUnfinished(task)) return <EmptyState title={t('itemsLater')} text={t('itemsLaterText')} />;
  const { total } = task.counters;
  return (
    <QueryView query={query}>
      {({ result }) => (
        <>
          <DataTable
            label={t('tabs.items')}
            columns={columns}
            rows={(result?.result ?? []).map((item, index) => ({ number: from + index + 1, item }))}
            rowKey={({ number }) => number}
            isStale={query.isPlaceholderData}
            empty={<EmptyState title={t('noFailures')} />}
          />
          <Pager
            list={{
              first: from === 0 ? undefined : () => setFrom(0),
              previous: from === 0 ? undefined : () => setFrom(Math.max(0, from - PAGE)),
              next: from + PAGE >= total ? undefined : () => setFrom(from + PAGE),
            }}
          />
        </>
      )}
    </QueryView>
  );
}
