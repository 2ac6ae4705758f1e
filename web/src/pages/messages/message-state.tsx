import { useTranslation } from 'react-i18next';
import type { MessageObject } from '../../../../src/http/admin/message-contract.ts';
import { type Mood, StateBadge } from '../../parts/state-badge.tsx';

export const messageStates = [
  ...(['queued', 'held', 'sent', 'failed', 'suppressed', 'cancelled', 'unknown', 'parked'] as const),
];

const moods: Readonly<Record<MessageObject['status'], Mood>> = {
  queued: 'busy',
  held: 'warning',
  sent: 'good',
  failed: 'bad',
  suppressed: 'quiet',
  cancelled: 'quiet',
  unknown: 'warning',
  parked: 'bad',
};

export function MessageState({ status }: Pick<MessageObject, 'status'>) {
  const { t } = useTranslation('messages');
  return <StateBadge mood={moods[status]}>{t(`statuses.${status}`)}</StateBadge>;
}
