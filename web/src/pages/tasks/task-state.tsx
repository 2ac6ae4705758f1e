import { useTranslation } from 'react-i18next';
import type { TaskObject } from '../../../../src/http/admin/contract.ts';
import { type Mood, StateBadge } from '../../parts/state-badge.tsx';
import { failedOf } from './task-figures.ts';

const moods: Readonly<Record<TaskObject['status'], Mood>> = {
  pending: 'quiet',
  processing: 'busy',
  completed: 'good',
  failed: 'bad',
  cancelled: 'quiet',
};

/** How a task stands; orange when it is over and something has failed. */
export function TaskState({ task }: { readonly task: TaskObject }) {
  const { t } = useTranslation('tasks');
  const mood = task.status === 'completed' && failedOf(task) > 0 ? 'warning' : moods[task.status];
  return <StateBadge mood={mood}>{t(`statuses.${task.status}`)}</StateBadge>;
}
