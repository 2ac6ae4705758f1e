import { Button, Card, Code, Group, Modal, Stack, Text, Title } from '@mantine/core';
import { DateTimePicker } from '@mantine/dates';
import '@mantine/dates/styles.css';
import { IconSend } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Static } from 'typebox';
import type { deliveryPage, HookObject } from '../../../../src/http/admin/hook-contract.ts';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import type { Column } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { FormModal } from '../../parts/form-modal.tsx';
import { useKeyset } from '../../parts/keyset.ts';
import { ListView } from '../../parts/list-view.tsx';
import { Moment } from '../../parts/moment.tsx';
import { tellDone, tellProblem } from '../../parts/notify.ts';
import { type Mood, StateBadge } from '../../parts/state-badge.tsx';
import { StateChoice } from '../../parts/state-choice.tsx';

type Delivery = Static<typeof deliveryPage>['data'][number];

const statuses = ['queued', 'done', 'parked'] as const;
const moods: Readonly<Record<(typeof statuses)[number], Mood>> = {
  queued: 'busy',
  done: 'good',
  parked: 'bad',
};
const REFRESH_MS = 5_000;

function useReplay(hook: HookObject) {
  const { t } = useTranslation('hooks');
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Record<string, unknown>) =>
      api.post<{ deliveries: number | null }>(`/hooks/${hook.id}/replay`, body),
    onSuccess: async ({ deliveries }) => {
      tellDone(deliveries === null ? t('replayedStretch') : t('replayed', { count: deliveries }));
      await client.invalidateQueries({ queryKey: [`/hooks/${hook.id}/deliveries`] });
    },
    onError: tellProblem,
  });
}

function useColumns(
  onShow: (delivery: Delivery) => void,
  onReplay: (id: string) => void,
): Column<Delivery>[] {
  const { t } = useTranslation('hooks');
  const mayReplay = useMay('editor');
  return [
    {
      key: 'delivery',
      header: t('delivery'),
      render: (delivery) => (
        <Button size="compact-sm" variant="subtle" onClick={() => onShow(delivery)}>
          {delivery.id.slice(0, 8)}
        </Button>
      ),
    },
    { key: 'count', header: t('count'), align: 'right', render: ({ events }) => events },
    {
      key: 'status',
      header: t('status'),
      render: ({ status }) => <StateBadge mood={moods[status]}>{t(`statuses.${status}`)}</StateBadge>,
    },
    { key: 'tries', header: t('tries'), align: 'right', render: ({ tries }) => tries },
    {
      key: 'answer',
      header: t('answer'),
      render: ({ http_status: status, fault }) => (
        <Text inherit className="breakable">
          {fault ?? (status === null ? '' : `HTTP ${status}`)}
        </Text>
      ),
    },
    { key: 'made', header: t('made'), render: (delivery) => <Moment time={delivery.created_at} /> },
    {
      key: 'actions',
      header: '',
      align: 'right',
      render: ({ id, status }) =>
        mayReplay && status !== 'queued' ? (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`${t('replay')}: ${id.slice(0, 8)}`}
            onClick={() => onReplay(id)}
          >
            {t('replay')}
          </Button>
        ) : null,
    },
  ];
}

/** The log of a hook: what was sent, what came back, and sending again. */
export function Deliveries({ hook }: { readonly hook: HookObject }) {
  const { t } = useTranslation('hooks');
  const mayReplay = useMay('editor');
  const [status, setStatus] = useState('');
  const [shown, setShown] = useState<Delivery | null>(null);
  const [isChoosing, setChoosing] = useState(false);
  const replay = useReplay(hook);
  const list = useKeyset<Delivery>(
    `/hooks/${hook.id}/deliveries`,
    { status },
    { refetchInterval: REFRESH_MS },
  );
  const columns = useColumns(setShown, (id) => replay.mutate({ deliveries: [id] }));
  return (
    <Card withBorder component="section" aria-label={t('deliveries')}>
      <Group justify="space-between" mb="md">
        <Title order={2} size="h3">
          {t('deliveries')}
        </Title>
        {mayReplay ? (
          <Group gap="xs">
            <Button size="xs" variant="default" onClick={() => setChoosing(true)}>
              {t('replayStretch')}
            </Button>
            <Button size="xs" variant="default" onClick={() => replay.mutate({ parked: true })}>
              {t('replayParked')}
            </Button>
          </Group>
        ) : null}
      </Group>
      <StateChoice
        label={t('status')}
        every={t('everyStatus')}
        states={statuses}
        nameOf={(one) => t(`statuses.${one}`)}
        value={status}
        onChange={setStatus}
      />
      <ListView
        list={list}
        label={t('deliveries')}
        columns={columns}
        rowKey={({ id }) => id}
        empty={<EmptyState icon={IconSend} title={t('noDeliveries')} text={t('noDeliveriesText')} />}
      />
      <DeliveryDialog delivery={shown} onClose={() => setShown(null)} />
      {isChoosing ? (
        <Stretch
          onClose={() => setChoosing(false)}
          onReplay={(body) => {
            setChoosing(false);
            replay.mutate(body);
          }}
        />
      ) : null}
    </Card>
  );
}

interface DeliveryDialogProps {
  /** null = none is shown. */
  readonly delivery: Delivery | null;
  readonly onClose: () => void;
}

/** What a delivery holds, and what was answered. */
function DeliveryDialog({ delivery, onClose }: DeliveryDialogProps) {
  const { t } = useTranslation('hooks');
  const { t: common } = useTranslation('parts');
  return (
    <Modal
      opened={delivery !== null}
      onClose={onClose}
      title={`${t('delivery')} ${delivery?.id ?? ''}`}
      closeButtonProps={{ 'aria-label': common('close') }}
      size="lg"
    >
      <Stack>
        {delivery?.due_at === null || delivery === null ? null : (
          <Text size="sm">
            {t('next')}: <Moment time={delivery.due_at} />
          </Text>
        )}
        <Text fw={600}>{t('body')}</Text>
        <Code block>{delivery?.preview}</Code>
        {delivery?.answer === null || delivery === null ? null : (
          <>
            <Text fw={600}>{t('answer')}</Text>
            <Code block>{delivery.answer}</Code>
          </>
        )}
      </Stack>
    </Modal>
  );
}

interface StretchProps {
  readonly onClose: () => void;
  readonly onReplay: (body: { from: string; to: string }) => void;
}

/** A time of which all events are sent again. */
function Stretch({ onClose, onReplay }: StretchProps) {
  const { t } = useTranslation('hooks');
  const [from, setFrom] = useState<string | null>(null);
  const [to, setTo] = useState<string | null>(null);
  return (
    <FormModal
      title={t('replayStretch')}
      isOpen
      onClose={onClose}
      onSubmit={(event) => {
        event.preventDefault();
        if (from === null || to === null) return;
        onReplay({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
      }}
      action={t('replay')}
      isPending={false}
      problem={null}
    >
      <Text size="sm">{t('replayStretchText')}</Text>
      <DateTimePicker label={t('replayFrom')} value={from} onChange={setFrom} />
      <DateTimePicker label={t('replayTo')} value={to} onChange={setTo} />
    </FormModal>
  );
}
