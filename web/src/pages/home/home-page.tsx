import { SimpleGrid, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { TaskObject } from '../../../../src/http/admin/contract.ts';
import { api } from '../../api/client.ts';
import { useRefetchOnNew, useTaskStream } from '../../api/task-stream.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { Attention } from './attention.tsx';
import { Charts } from './charts.tsx';
import { FirstSteps } from './first-steps.tsx';
import { LatestTasks } from './latest-tasks.tsx';

const SHOWN = 4;

/** What needs a person first, then how it goes and how it went. */
export function HomePage() {
  const { t } = useTranslation('home');
  const tasks = useQuery({
    queryKey: ['/tasks', 'latest'],
    queryFn: async ({ signal }) =>
      (await api.get<{ data: TaskObject[] }>('/tasks', { limit: SHOWN }, signal)).data,
  });
  const live = useTaskStream({ limit: SHOWN });
  useRefetchOnNew(live, tasks.data, tasks.refetch);
  return (
    <>
      <PageHeader title={t('title')} />
      <Stack>
        <QueryView query={tasks} lines={4}>
          {(latest) =>
            latest.length === 0 ? (
              <FirstSteps />
            ) : (
              <SimpleGrid cols={{ base: 1, lg: 2 }}>
                <Attention />
                <LatestTasks tasks={latest.map((task) => live.tasks.get(task.id) ?? task)} />
              </SimpleGrid>
            )
          }
        </QueryView>
        <Charts />
      </Stack>
    </>
  );
}
