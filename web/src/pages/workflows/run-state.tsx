import { useTranslation } from 'react-i18next';
import { type Mood, StateBadge } from '../../parts/state-badge.tsx';

export const runStates = ['active', 'waiting', 'ended', 'failed'] as const;
type State = (typeof runStates)[number];

const moods: Readonly<Record<State, Mood>> = {
  active: 'busy',
  waiting: 'quiet',
  ended: 'good',
  failed: 'bad',
};

export function RunState({ status }: { readonly status: State }) {
  const { t } = useTranslation('workflows');
  return <StateBadge mood={moods[status]}>{t(`runStates.${status}`)}</StateBadge>;
}
