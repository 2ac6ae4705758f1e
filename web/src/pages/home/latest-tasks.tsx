import { Anchor, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { TaskObject } from '../../../../src/http/admin/contract.ts';
import { useWorkflows } from '../../api/lists.ts';
import { Moment } from '../../parts/moment.tsx';
import { TaskProgress } from '../tasks/task-progress.tsx';
import { TaskState } from '../tasks/task-state.tsx';

/** The last few tasks as they move. */
export function LatestTasks({ tasks }: { readonly tasks: readonly TaskObject[] }) {
  const { t } = useTranslation('home');
  const { t: ofTasks } = useTranslation('tasks');
  const { data: workflows } = useWorkflows();
  return (
    <Card withBorder>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h3">
          {t('latest')}
        </Title>
        <Anchor component={Link} to="/tasks" size="sm">
          {t('allTasks')}
        </Anchor>
      </Group>
      <Stack gap="md">
        {tasks.map((task) => (
          <div key={task.id}>
            <Group justify="space-between" gap="xs" mb={4}>
              <Group gap="xs">
                <Anchor component={Link} to={`/tasks/${task.id}`} fw={500}>
                  {workflows?.find(({ id }) => id === task.workflow_id)?.name ?? ofTasks('onlyImport')}
                </Anchor>
                <TaskState task={task} />
              </Group>
              <Text size="sm" c="dimmed" component="div">
                <Moment time={task.accepted_at} />
              </Text>
            </Group>
            <TaskProgress task={task} />
          </div>
        ))}
      </Stack>
    </Card>
  );
}
