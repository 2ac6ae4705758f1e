import { Alert, Anchor, Button, Card, Code, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import type { MessageObject } from '../../../../src/http/admin/message-contract.ts';
import { api } from '../../api/client.ts';
import { useSenders, useTemplates, useWorkflows } from '../../api/lists.ts';
import { useMay } from '../../api/session.ts';
import { useConfirm } from '../../parts/confirm.tsx';
import { Facts } from '../../parts/facts.tsx';
import { useFormat } from '../../parts/format.ts';
import { Moment } from '../../parts/moment.tsx';
import { tellDone, tellProblem } from '../../parts/notify.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { decisions } from './decisions.ts';
import { MessageState } from './message-state.tsx';

const events = [
  ...(['sent_at', 'delivered_at', 'opened_at', 'clicked_at', 'replied_at'] as const),
  ...(['bounced_at', 'complained_at', 'unsubscribed_at'] as const),
];

export function MessagePage() {
  const { t } = useTranslation('messages');
  const { id = '' } = useParams();
  const client = useQueryClient();
  const confirm = useConfirm();
  const mayAct = useMay('editor');
  const query = useQuery({
    queryKey: ['/messages', id],
    queryFn: ({ signal }) => api.get<MessageObject>(`/messages/${id}`, {}, signal),
  });
  const refresh = () => client.invalidateQueries({ queryKey: ['/messages'] });
  const cancel = useMutation({
    mutationFn: () => api.post<MessageObject>(`/messages/${id}/cancel`),
    onSuccess: async () => {
      tellDone(t('cancelled'));
      await refresh();
    },
    onError: tellProblem,
  });
  const isWaiting = query.data?.status === 'queued' || query.data?.status === 'held';
  return (
    <>
      <PageHeader
        title={query.data?.address ?? t('message')}
        above={[{ to: '/messages', title: t('title') }]}
        badge={query.data === undefined ? undefined : <MessageState status={query.data.status} />}
        actions={
          isWaiting && mayAct ? (
            <Button
              variant="light"
              color="red"
              loading={cancel.isPending}
              onClick={() =>
                confirm({
                  title: t('cancelTitle'),
                  text: t('cancelText'),
                  action: t('cancel'),
                  isDangerous: true,
                  onConfirm: () => cancel.mutate(),
                })
              }
            >
              {t('cancel')}
            </Button>
          ) : undefined
        }
      />
      <QueryView query={query}>
        {(message) => (
          <Stack>
            {message.status === 'parked' && mayAct ? (
              <Decide id={id} onDecided={() => void refresh()} />
            ) : null}
            <MessageFacts message={message} />
            {message.answer === null ? null : (
              <Card withBorder component="section" aria-label={t('answer')}>
                <Text fw={600}>{t('answer')}</Text>
                <Code block>{message.answer}</Code>
              </Card>
            )}
          </Stack>
        )}
      </QueryView>
    </>
  );
}

function Decide({ id, onDecided }: { readonly id: string; readonly onDecided: () => void }) {
  const { t } = useTranslation('messages');
  const decide = useMutation({
    mutationFn: (as: (typeof decisions)[number]) =>
      api.post<MessageObject>(`/messages/${id}/resolve`, { as }),
    onSuccess: () => {
      tellDone(t('decided'));
      onDecided();
    },
    onError: tellProblem,
  });
  return (
    <Alert color="orange" title={t('decideTitle')}>
      <Text size="sm" mb="sm">
        {t('decideText')}
      </Text>
      <Group>
        {decisions.map((as) => (
          <Button key={as} variant="default" loading={decide.isPending} onClick={() => decide.mutate(as)}>
            {t(`decisions.${as}`)}
          </Button>
        ))}
      </Group>
    </Alert>
  );
}

function MessageFacts({ message }: { readonly message: MessageObject }) {
  const { t } = useTranslation('messages');
  const format = useFormat();
  const { data: workflows } = useWorkflows();
  const { data: templates } = useTemplates();
  const { data: senders } = useSenders();
  const link = (to: string, text: string) => (
    <Anchor component={Link} to={to}>
      {text}
    </Anchor>
  );
  const nameIn = (list: readonly { id: number; name: string }[] | undefined, id: number | null) =>
    list?.find((one) => one.id === id)?.name ?? `#${id}`;
  return (
    <Card withBorder>
      <Facts
        entries={[
          [t('channel'), message.channel],
          [
            t('profile'),
            link(`/profiles/${message.profile_id}?database=${message.database_id}`, message.profile_id),
          ],
          [t('template'), link(`/templates/${message.template_id}`, nameIn(templates, message.template_id))],
          [t('sender'), link(`/senders/${message.sender_id}`, nameIn(senders, message.sender_id))],
          [
            t('workflow'),
            message.workflow_id === null
              ? undefined
              : link(`/workflows/${message.workflow_id}`, nameIn(workflows, message.workflow_id)),
          ],
          [t('run'), message.run_id === null ? undefined : link(`/runs/${message.run_id}`, message.run_id)],
          [t('why'), message.reason ?? undefined],
          [t('tries'), format.number(message.attempts)],
          [t('made'), <Moment key="made" time={message.created_at} />],
          [t('nextTry'), message.due_at === null ? undefined : <Moment key="due" time={message.due_at} />],
          ...events.map(
            (event) =>
              [
                t(`events.${event}`),
                message[event] === null ? undefined : <Moment key={event} time={message[event]} />,
              ] as const,
          ),
          [t('opens'), message.opens === 0 ? undefined : format.number(message.opens)],
          [t('clicks'), message.clicks === 0 ? undefined : format.number(message.clicks)],
        ]}
      />
    </Card>
  );
}
