import { Anchor, Card, Group, List, Text, ThemeIcon, Title } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconExclamationMark } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { AttentionListObject, AttentionObject } from '../../../../src/http/admin/figure-contract.ts';
import { api } from '../../api/client.ts';
import { useSenders } from '../../api/lists.ts';
import { useFormat } from '../../parts/format.ts';
import { QueryView } from '../../parts/query-view.tsx';
import type { en } from './words.ts';

const REFRESH_MS = 15_000;

const queueNames = ['import', 'run', 'call', 'message', 'hook'] as const satisfies (keyof typeof en.series)[];
const queuePlaces: Readonly<Record<(typeof queueNames)[number], string>> = {
  import: '/tasks',
  run: '/workflows',
  call: '/hosts?tab=calls',
  message: '/messages?status=queued',
  hook: '/hooks',
};

/** Where one sees to it. */
const places: Readonly<Record<AttentionObject['kind'], (entry: AttentionObject) => string>> = {
  breaker_open: ({ name }) => {
    const [, kind, id] = /^(sender|hook) (\d+)$/.exec(name ?? '') ?? [];
    return kind === undefined ? '/hosts' : `/${kind}s/${id}`;
  },
  hook_stopped: ({ id }) => `/hooks/${id}`,
  parked_deliveries: ({ id }) => `/hooks/${id}`,
  parked_messages: () => '/messages?status=parked',
  parked_calls: () => '/hosts?tab=calls&status=parked',
  queue_old: ({ name }) => queuePlaces[queueNames.find((one) => one === name) ?? 'import'],
  failed_items: () => '/tasks',
  workflow_paused: ({ id }) => `/workflows/${id}`,
};

/** The entry in a sentence. */
function useSentence(): (entry: AttentionObject) => string {
  const { t } = useTranslation('home');
  const format = useFormat();
  const { data: senders } = useSenders();
  return ({ kind, name, count, detail }) => {
    // The server names the sender by its number alone.
    const sender = kind === 'breaker_open' && senders?.find(({ id }) => name === `sender ${id}`);
    const named = { name: sender ? sender.name : (name ?? '').replace(/^host /, ''), count: count ?? 0 };
    if (kind !== 'queue_old') return t(`kinds.${kind}`, named);
    const queue = queueNames.find((one) => one === name) ?? 'import';
    return t('kinds.queue_old', { queue: t(`series.${queue}`), time: format.duration(Number(detail)) });
  };
}

/** Why, as far as the server knows. */
function useReason(): (entry: AttentionObject) => string {
  const { t } = useTranslation('home');
  const format = useFormat();
  return ({ kind, detail }) => {
    if (detail === null || kind === 'queue_old') return '';
    return kind === 'workflow_paused' ? t('since', { time: format.moment(detail) }) : detail;
  };
}

/** What waits for a person, the most severe first. */
export function Attention() {
  const { t } = useTranslation('home');
  const list = useQuery({
    queryKey: ['/attention'],
    queryFn: ({ signal }) => api.get<AttentionListObject>('/attention', {}, signal),
    refetchInterval: REFRESH_MS,
  });
  return (
    <Card withBorder>
      <Title order={2} size="h3" mb="xs">
        {t('attention')}
      </Title>
      <QueryView query={list} lines={2}>
        {({ data }) =>
          data.length === 0 ? (
            <Group gap="sm">
              <ThemeIcon color="teal.8" size="sm" radius="xl" aria-hidden>
                <IconCheck size={14} />
              </ThemeIcon>
              <Text>{t('allWell')}</Text>
            </Group>
          ) : (
            <List spacing="xs" listStyleType="none" styles={{ itemWrapper: { alignItems: 'flex-start' } }}>
              {data.map((entry) => (
                <Entry key={`${entry.kind} ${entry.id ?? entry.name}`} entry={entry} />
              ))}
            </List>
          )
        }
      </QueryView>
    </Card>
  );
}

function Entry({ entry }: { readonly entry: AttentionObject }) {
  const sentence = useSentence();
  const reason = useReason();
  const isBad = entry.severity === 'bad';
  const why = reason(entry);
  return (
    <List.Item
      icon={
        <ThemeIcon color={isBad ? 'red.8' : 'orange.9'} size="sm" radius="xl" aria-hidden>
          {isBad ? <IconExclamationMark size={14} /> : <IconAlertTriangle size={14} />}
        </ThemeIcon>
      }
    >
      <Anchor component={Link} to={places[entry.kind](entry)} className="breakable">
        {sentence(entry)}
      </Anchor>
      {why === '' ? null : (
        <Text size="sm" c="dimmed" className="breakable">
          {why}
        </Text>
      )}
    </List.Item>
  );
}
