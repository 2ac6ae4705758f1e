import { Alert, Button, Group, Select } from '@mantine/core';
import { IconChecklist, IconFileImport, IconPlugConnectedX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import type { TaskObject } from '../../../../src/http/admin/contract.ts';
import { useDatabases, useWorkflows } from '../../api/lists.ts';
import { useMay } from '../../api/session.ts';
import { useRefetchOnNew, useTaskStream } from '../../api/task-stream.ts';
import type { Column } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { type Keyset, useKeyset } from '../../parts/keyset.ts';
import { ListView } from '../../parts/list-view.tsx';
import { Moment } from '../../parts/moment.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { DatabasePick, WorkflowPick } from '../../parts/picks.tsx';
import { isUnfinished } from './task-figures.ts';
import { TaskProgress } from './task-progress.tsx';
import { TaskState } from './task-state.tsx';
import { useTaskActions } from './use-task-actions.ts';

const statuses = ['pending', 'processing', 'completed', 'cancelled'] as const;

function useColumns(): Column<TaskObject>[] {
  const { t } = useTranslation('tasks');
  const { data: workflows } = useWorkflows();
  const { data: databases } = useDatabases();
  const actions = useTaskActions();
  const mayAct = useMay('editor');
  const nameOf = (task: TaskObject): string => {
    const workflow = workflows?.find(({ id }) => id === task.workflow_id)?.name;
    const database = databases?.find(({ id }) => id === task.database_id)?.name ?? '';
    if (task.workflow_id === null) return `${t('onlyImport')} · ${database}`;
    return workflow ?? `#${task.workflow_id}`;
  };
  return [
    { key: 'task', header: t('task'), render: nameOf },
    { key: 'status', header: t('status'), render: (task) => <TaskState task={task} /> },
    { key: 'progress', header: t('progress'), width: '40%', render: (task) => <TaskProgress task={task} /> },
    { key: 'accepted', header: t('accepted'), render: (task) => <Moment time={task.accepted_at} /> },
    {
      key: 'actions',
      header: '',
      align: 'right',
      render: (task) =>
        isUnfinished(task) && mayAct ? (
          <Button size="compact-sm" variant="subtle" color="red" onClick={() => actions.cancel(task.id)}>
            {t('cancel')}
          </Button>
        ) : null,
    },
  ];
}

/** The list as the server last told it: on the first page new tasks come in, elsewhere those that are shown move. */
function useLiveList(list: Keyset<TaskObject>, filters: Record<string, string | number | undefined>) {
  const isFirst = list.previous === undefined;
  const ids = (list.page?.data ?? []).map(({ id }) => id);
  const query = isFirst ? { ...filters, limit: 50 } : { ids: ids.join(',') };
  const live = useTaskStream(list.page === undefined ? null : query);
  useRefetchOnNew(live, isFirst ? list.page?.data : undefined, list.refetch);
  const page = list.page && {
    ...list.page,
    data: list.page.data.map((task) => live.tasks.get(task.id) ?? task),
  };
  return { list: { ...list, page }, state: live.state };
}

function useFilters() {
  const [search, setSearch] = useSearchParams();
  const number = (key: string) => (search.has(key) ? Number(search.get(key)) : undefined);
  return {
    filters: {
      status: search.get('status') ?? undefined,
      workflow_id: number('workflow_id'),
      database_id: number('database_id'),
    },
    choose: (key: string) => (value: string | number | null) =>
      setSearch((old) => {
        const next = new URLSearchParams(old);
        if (value === null) next.delete(key);
        else next.set(key, String(value));
        return next;
      }),
  };
}

export function TasksPage() {
  const { t } = useTranslation('tasks');
  const { t: common } = useTranslation('parts');
  const mayImport = useMay('editor');
  const { filters, choose } = useFilters();
  const { list, state } = useLiveList(useKeyset<TaskObject>('/tasks', filters), filters);
  const columns = useColumns();
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  const importButton = mayImport ? (
    <Button component={Link} to="/import" leftSection={<IconFileImport size={16} aria-hidden />}>
      {t('import')}
    </Button>
  ) : null;
  return (
    <>
      <PageHeader title={t('title')} about={t('about')} actions={importButton} />
      <Group mb="md">
        <Select
          label={t('status')}
          placeholder={t('everyStatus')}
          clearable
          data={statuses.map((status) => ({ value: status, label: t(`statuses.${status}`) }))}
          value={filters.status ?? null}
          onChange={choose('status')}
        />
        <WorkflowPick
          placeholder={common('everyWorkflow')}
          clearable
          value={filters.workflow_id}
          onChange={choose('workflow_id')}
        />
        <DatabasePick
          placeholder={common('everyDatabase')}
          clearable
          value={filters.database_id}
          onChange={choose('database_id')}
        />
      </Group>
      {state === 'interrupted' ? (
        <Alert color="orange" icon={<IconPlugConnectedX aria-hidden />} mb="md" role="status">
          {t('interrupted')}
        </Alert>
      ) : null}
      <ListView
        list={list}
        label={t('title')}
        columns={columns}
        rowKey={({ id }) => id}
        linkOf={({ id }) => `/tasks/${id}`}
        empty={
          isFiltered ? (
            <EmptyState icon={IconChecklist} title={t('emptyFilter')} />
          ) : (
            <EmptyState icon={IconChecklist} title={t('empty')} text={t('emptyText')} action={importButton} />
          )
        }
      />
    </>
  );
}
