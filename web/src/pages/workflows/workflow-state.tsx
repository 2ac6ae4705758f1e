import { useTranslation } from 'react-i18next';
import type { WorkflowObject } from '../../../../src/http/admin/contract.ts';
import { StateBadge } from '../../parts/state-badge.tsx';

export function WorkflowState({ workflow }: { readonly workflow: WorkflowObject }) {
  const { t } = useTranslation('workflows');
  if (workflow.paused_at !== null) return <StateBadge mood="warning">{t('states.paused')}</StateBadge>;
  return workflow.active ? (
    <StateBadge mood="good">{t('states.active')}</StateBadge>
  ) : (
    <StateBadge mood="quiet">{t('states.inactive')}</StateBadge>
  );
}
