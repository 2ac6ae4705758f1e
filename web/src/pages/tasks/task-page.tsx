import { Alert, Button, Menu, Stack, Tabs } from '@mantine/core';
import { IconDownload, IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useParams, useSearchParams } from 'react-router';
import type { TaskObject } from '../../../../src/http/admin/contract.ts';
import { api, urlOf } from '../../api/client.ts';
import { useWorkflows } from '../../api/lists.ts';
import { useMay } from '../../api/session.ts';
import { useTaskStream } from '../../api/task-stream.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { TaskFailures } from './task-failures.tsx';
import { failedOf, failedStates, isUnfinished } from './task-figures.ts';
import { TaskItems } from './task-items.tsx';
import { TaskLedger } from './task-ledger.tsx';
import { TaskProgress } from './task-progress.tsx';
import { TaskRuns } from './task-runs.tsx';
import { TaskState } from './task-state.tsx';
import { useTaskActions } from './use-task-actions.ts';

const tabs = ['failures', 'items', 'runs'] as const;

function DownloadMenu({ id }: { readonly id: string }) {
  const { t } = useTranslation('tasks');
  const reports = [
    ['downloadFailedCsv', { format: 'csv', states: failedStates.join(',') }, 'csv'],
    ['downloadCsv', { format: 'csv' }, 'csv'],
    ['downloadJson', { format: 'json' }, 'json'],
    ['downloadNdjson', { format: 'ndjson' }, 'ndjson'],
  ] as const;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />}>
          {t('downloads')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {reports.map(([name, query, extension]) => (
          <Menu.Item
            key={name}
            component="a"
            href={urlOf(`/tasks/${id}/report`, query)}
            download={`task-${id}.${extension}`}
          >
            {t(name)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Actions({ task }: { readonly task: TaskObject }) {
  const { t } = useTranslation('tasks');
  const mayAct = useMay('editor');
  const actions = useTaskActions();
  return (
    <>
      {mayAct && isUnfinished(task) ? (
        <Button
          variant="light"
          color="red"
          onClick={() => actions.cancel(task.id)}
          loading={actions.isPending}
        >
          {t('cancelAction')}
        </Button>
      ) : null}
      {mayAct && !isUnfinished(task) && failedOf(task) > 0 ? (
        <Button
          leftSection={<IconRefresh size={16} aria-hidden />}
          onClick={() => actions.retry(task.id)}
          loading={actions.isPending}
        >
          {t('retry')}
        </Button>
      ) : null}
      <DownloadMenu id={task.id} />
    </>
  );
}

function Details({ task }: { readonly task: TaskObject }) {
  const { t } = useTranslation('tasks');
  const [search, setSearch] = useSearchParams();
  const tab = tabs.find((one) => one === search.get('tab')) ?? 'failures';
  return (
    <Tabs
      value={tab}
      keepMounted={false}
      onChange={(next) => setSearch(next === null ? {} : { tab: next }, { replace: true })}
    >
      <Tabs.List mb="md">
        {tabs.map((one) => (
          <Tabs.Tab key={one} value={one}>
            {t(`tabs.${one}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="failures">
        <TaskFailures task={task} />
      </Tabs.Panel>
      <Tabs.Panel value="items">
        <TaskItems task={task} />
      </Tabs.Panel>
      <Tabs.Panel value="runs">
        <TaskRuns task={task} />
      </Tabs.Panel>
    </Tabs>
  );
}

export function TaskPage() {
  const { t } = useTranslation('tasks');
  const { id = '' } = useParams();
  const { data: workflows } = useWorkflows();
  const query = useQuery({
    queryKey: ['/tasks', id],
    queryFn: ({ signal }) => api.get<TaskObject>(`/tasks/${id}`, { result_limit: 0 }, signal),
  });
  const live = useTaskStream(query.data === undefined ? null : { ids: id });
  const task = live.tasks.get(id) ?? query.data;
  const name = workflows?.find((workflow) => workflow.id === task?.workflow_id)?.name;
  return (
    <>
      <PageHeader
        title={name ?? (task?.workflow_id === null ? t('onlyImport') : t('task'))}
        above={[{ to: '/tasks', title: t('title') }]}
        badge={task === undefined ? undefined : <TaskState task={task} />}
        actions={task === undefined ? undefined : <Actions task={task} />}
      />
      <QueryView query={{ ...query, data: task }}>
        {(known) => (
          <Stack gap="lg">
            {live.state === 'interrupted' ? (
              <Alert color="orange" role="status">
                {t('interrupted')}
              </Alert>
            ) : null}
            <TaskProgress task={known} size="xl" />
            <TaskLedger task={known} />
            <Details task={known} />
          </Stack>
        )}
      </QueryView>
    </>
  );
}
