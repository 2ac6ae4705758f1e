import { Badge, Button, Card, Code, Group, Stack, Text } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { TaskObject } from '../../../../src/http/admin/contract.ts';
import type { FailureGroupObject, FailuresObject } from '../../../../src/http/admin/task-contract.ts';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { failedOf, isUnfinished } from './task-figures.ts';
import { useTaskActions } from './use-task-actions.ts';

function Reason({ group, task }: { readonly group: FailureGroupObject; readonly task: TaskObject }) {
  const { t } = useTranslation('tasks');
  const mayRetry = useMay('editor') && !isUnfinished(task);
  const actions = useTaskActions();
  return (
    <Card withBorder component="section" aria-label={group.reason}>
      <Group justify="space-between" align="flex-start" mb="xs">
        <Stack gap={2}>
          <Text fw={600} className="breakable">
            {group.reason}
          </Text>
          <Group gap="xs">
            <Text size="sm">{t('failureCount', { count: group.count })}</Text>
            <Badge variant="outline" color="gray" tt="none">
              {t('code', { code: group.code })}
            </Badge>
            {group.field === undefined ? null : (
              <Badge variant="outline" color="gray" tt="none">
                {t('field', { field: group.field })}
              </Badge>
            )}
          </Group>
        </Stack>
        {mayRetry ? (
          <Button size="xs" variant="default" onClick={() => actions.retry(task.id, group.code)}>
            {t('retryThese')}
          </Button>
        ) : null}
      </Group>
      <Stack gap="xs">
        {group.examples.map(({ item, error_text: text, row }) => (
          <div key={item}>
            <Text size="xs" c="dimmed">
              {t('example', { item: item + 1 })}: {text}
            </Text>
            {row === null ? null : <Code block>{JSON.stringify(row)}</Code>}
          </div>
        ))}
      </Stack>
    </Card>
  );
}

/** The failed profiles of a task by reason, with examples; new ones are looked for when their number has changed. */
export function TaskFailures({ task }: { readonly task: TaskObject }) {
  const { t } = useTranslation('tasks');
  const failed = failedOf(task);
  const query = useQuery({
    queryKey: ['/tasks', task.id, 'failures', isUnfinished(task) ? 'so far' : failed],
    queryFn: ({ signal }) => api.get<FailuresObject>(`/tasks/${task.id}/failures`, {}, signal),
    enabled: failed > 0,
  });
  if (failed === 0) {
    return <EmptyState icon={IconCircleCheck} title={t('noFailures')} text={t('noFailuresText')} />;
  }
  return (
    <QueryView query={query}>
      {({ data, others }) => (
        <Stack>
          {isUnfinished(task) ? (
            <Button
              variant="default"
              size="xs"
              style={{ alignSelf: 'flex-start' }}
              onClick={() => query.refetch()}
            >
              {t('lookAgain')}
            </Button>
          ) : null}
          {data.map((group) => (
            <Reason key={`${group.code} ${group.field ?? ''} ${group.reason}`} group={group} task={task} />
          ))}
          {others === 0 ? null : <Text size="sm">{t('others', { count: others })}</Text>}
        </Stack>
      )}
    </QueryView>
  );
}
