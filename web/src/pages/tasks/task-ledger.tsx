import { Anchor, Card, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { TaskObject } from '../../../../src/http/admin/contract.ts';
import { Copy } from '../../parts/copy.tsx';
import { useFormat } from '../../parts/format.ts';
import { Moment } from '../../parts/moment.tsx';
import { useNow } from '../../parts/now.ts';
import { secondsOf } from './task-figures.ts';

interface Entry {
  readonly name: string;
  readonly count: number;
  readonly isBad?: boolean;
}

/** Counts that add up; those that are 0 stand back. */
function Ledger({ title, entries }: { readonly title: string; readonly entries: readonly Entry[] }) {
  const format = useFormat();
  return (
    <Card withBorder component="section" aria-label={title} p="md">
      <Text fw={600} mb="xs">
        {title}
      </Text>
      <Stack gap={4}>
        {entries.map(({ name, count, isBad = false }) => (
          <Group key={name} justify="space-between" gap="xs" wrap="nowrap">
            <Text size="sm" {...(count === 0 ? { c: 'dimmed' } : {})}>
              {name}
            </Text>
            <Text
              size="sm"
              className="figures"
              fw={count === 0 ? 400 : 600}
              c={count === 0 ? 'dimmed' : isBad ? 'var(--mantine-color-error)' : 'var(--mantine-color-text)'}
            >
              {format.number(count)}
            </Text>
          </Group>
        ))}
      </Stack>
    </Card>
  );
}

function Facts({ task }: { readonly task: TaskObject }) {
  const { t } = useTranslation('tasks');
  const format = useFormat();
  const seconds = secondsOf(task, useNow());
  const facts: [string, React.ReactNode][] = [
    [t('accepted'), <Moment key="accepted" time={task.accepted_at} />],
    ...(seconds === undefined ? [] : [[t('took'), format.duration(seconds)] satisfies [string, string]]),
    ...(task.rows_per_second === null
      ? []
      : [[t('speed'), t('rate', { rate: format.number(task.rows_per_second) })] satisfies [string, string]]),
    [t('expires'), format.date(task.expires_at)],
  ];
  return (
    <Card withBorder component="section" aria-label={t('facts')} p="md">
      <Text fw={600} mb="xs">
        {t('facts')}
      </Text>
      <Stack gap={4}>
        {facts.map(([name, value]) => (
          <Group key={name} justify="space-between" gap="xs" wrap="nowrap">
            <Text size="sm">{name}</Text>
            <Text size="sm" component="div" className="figures" ta="right">
              {value}
            </Text>
          </Group>
        ))}
        {task.parent_id === null ? null : (
          <Text size="sm">
            {t('parent')}{' '}
            <Anchor component={Link} to={`/tasks/${task.parent_id}`}>
              {task.parent_id.slice(0, 8)}
            </Anchor>
          </Text>
        )}
        <Group gap={4} wrap="nowrap">
          <Text size="xs" c="dimmed" className="breakable">
            {task.id}
          </Text>
          <Copy text={task.id} />
        </Group>
      </Stack>
    </Card>
  );
}

/** The closed ledger of a task: every profile is in exactly one import state, and what was started in one run state. */
export function TaskLedger({ task }: { readonly task: TaskObject }) {
  const { t } = useTranslation('tasks');
  const { counters, runs } = task;
  const good = ['waiting', 'created', 'updated', 'unchanged'] as const;
  const bad = ['invalid', 'ambiguous', 'not_found', 'cancelled'] as const;
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }}>
      <Ledger
        title={t('imports')}
        entries={[
          ...good.map((state) => ({ name: t(`states.${state}`), count: counters[state] })),
          ...bad.map((state) => ({
            name: t(`states.${state}`),
            count: counters[state],
            isBad: state !== 'cancelled',
          })),
        ]}
      />
      <Ledger
        title={t('starts')}
        entries={[
          { name: t('started'), count: counters.started },
          { name: t('skipped'), count: counters.skipped_reentry },
        ]}
      />
      <Ledger
        title={t('runs')}
        entries={[
          { name: t('runStates.active'), count: runs.active },
          { name: t('runStates.waiting'), count: runs.waiting },
          { name: t('runStates.ended'), count: runs.ended },
          { name: t('runStates.failed'), count: runs.failed, isBad: true },
        ]}
      />
      <Facts task={task} />
    </SimpleGrid>
  );
}
