import { Group, Progress, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { TaskObject } from '../../../../src/http/admin/contract.ts';
import { useFormat } from '../../parts/format.ts';
import { doneOf, failedOf, isUnfinished } from './task-figures.ts';

interface TaskProgressProps {
  readonly task: TaskObject;
  readonly size?: 'sm' | 'xl';
}

/** The bar of a task with its figures: what went in, what failed, how fast, how long still. */
export function TaskProgress({ task, size = 'sm' }: TaskProgressProps) {
  const { t } = useTranslation('tasks');
  const format = useFormat();
  const { total, cancelled } = task.counters;
  const failed = failedOf(task);
  const good = doneOf(task) - failed - cancelled;
  const share = (count: number) => (total === 0 ? 0 : (100 * count) / total);
  const figures = t('progressOf', { done: format.number(doneOf(task)), total: format.number(total) });
  return (
    <Stack gap={4}>
      <Progress.Root size={size} aria-label={t('progress')}>
        <Progress.Section value={share(good)} color="teal.7" aria-label={figures} />
        <Progress.Section value={share(failed)} color="red.7" aria-label={t('failed', { count: failed })} />
        <Progress.Section value={share(cancelled)} color="gray.6" aria-label={t('states.cancelled')} />
      </Progress.Root>
      <Group gap="sm" className="figures">
        <Text size="xs">{isUnfinished(task) ? figures : t('rows', { count: total })}</Text>
        {failed === 0 ? null : (
          <Text size="xs" c="var(--mantine-color-error)">
            {t('failed', { count: failed })}
          </Text>
        )}
        <Pace task={task} />
      </Group>
    </Stack>
  );
}

function Pace({ task }: { readonly task: TaskObject }) {
  const { t } = useTranslation('tasks');
  const format = useFormat();
  if (!isUnfinished(task)) return null;
  const { rows_per_second: rate, seconds_left: left, queue_place: place } = task;
  if (rate === null) {
    return place === null ? null : (
      <Text size="xs" c="dimmed">
        {t('place', { place })}
      </Text>
    );
  }
  return (
    <Text size="xs" c="dimmed">
      {t('rate', { rate: format.number(rate) })}
      {left === null ? '' : ` · ${t('left', { time: format.duration(left) })}`}
    </Text>
  );
}
