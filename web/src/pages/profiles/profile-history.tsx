import { Anchor, Card, Text, Timeline, Title } from '@mantine/core';
import { IconMail, IconRoute } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { ProfileObject } from '../../../../src/http/admin/contract.ts';
import type { MessageObject } from '../../../../src/http/admin/message-contract.ts';
import type { HistoryEntryObject } from '../../../../src/http/admin/profile-contract.ts';
import type { RunObject } from '../../../../src/http/admin/run-contract.ts';
import { useWorkflows } from '../../api/lists.ts';
import { useKeyset } from '../../parts/keyset.ts';
import { Moment } from '../../parts/moment.tsx';
import { Pager } from '../../parts/pager.tsx';
import { QueryView } from '../../parts/query-view.tsx';

const events = [
  'sent_at',
  'delivered_at',
  'opened_at',
  'clicked_at',
  'replied_at',
  'bounced_at',
  'complained_at',
  'unsubscribed_at',
] as const;

function RunEntry({ run }: { readonly run: RunObject }) {
  const { t } = useTranslation('profiles');
  const { data: workflows } = useWorkflows();
  const name = workflows?.find(({ id }) => id === run.workflow_id)?.name ?? `#${run.workflow_id}`;
  return (
    <>
      <Anchor component={Link} to={`/runs/${run.id}`} size="sm" fw={600}>
        {t('run', { name })}
      </Anchor>
      <Text size="sm">
        {t(`runStates.${run.status}`)} · {run.node}
        {run.reason === null ? '' : ` · ${run.reason}`}
      </Text>
    </>
  );
}

function MessageEntry({ message }: { readonly message: MessageObject }) {
  const { t } = useTranslation('profiles');
  const happened = events.flatMap((event) => {
    const time = message[event];
    return time === null ? [] : [{ event, time }];
  });
  return (
    <>
      <Anchor component={Link} to={`/messages/${message.id}`} size="sm" fw={600}>
        {t('message', { channel: message.channel })}
      </Anchor>
      <Text size="sm">
        {message.address} · {message.status}
        {message.reason === null ? '' : ` · ${message.reason}`}
      </Text>
      {happened.map(({ event, time }) => (
        <Text key={event} size="xs" c="dimmed">
          {t(`messageEvents.${event}`)} <Moment time={time} />
        </Text>
      ))}
    </>
  );
}

/** What has happened to a person, the newest first. */
export function ProfileHistory({ profile }: { readonly profile: ProfileObject }) {
  const { t } = useTranslation('profiles');
  const list = useKeyset<HistoryEntryObject>(
    `/profiles/${profile.id}/history`,
    { database_id: profile.database_id },
    { limit: 20 },
  );
  return (
    <Card withBorder component="section" aria-label={t('history')}>
      <Title order={2} size="h3" mb="md">
        {t('history')}
      </Title>
      <QueryView query={{ data: list.page, error: list.error, refetch: list.refetch }}>
        {({ data }) =>
          data.length === 0 ? (
            <Text c="dimmed">{t('noHistory')}</Text>
          ) : (
            <Timeline bulletSize={28} lineWidth={2} active={data.length}>
              {data.map(({ id, at, run, message }) => (
                <Timeline.Item
                  key={id}
                  bullet={
                    run === undefined ? (
                      <IconMail size={15} aria-hidden />
                    ) : (
                      <IconRoute size={15} aria-hidden />
                    )
                  }
                >
                  {run === undefined ? null : <RunEntry run={run} />}
                  {message === undefined ? null : <MessageEntry message={message} />}
                  <Text size="xs" c="dimmed">
                    <Moment time={at} />
                  </Text>
                </Timeline.Item>
              ))}
            </Timeline>
          )
        }
      </QueryView>
      <Pager list={list} />
    </Card>
  );
}
