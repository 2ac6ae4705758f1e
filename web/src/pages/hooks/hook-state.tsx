import { useTranslation } from 'react-i18next';
import type { HookObject } from '../../../../src/http/admin/hook-contract.ts';
import { StateBadge } from '../../parts/state-badge.tsx';

export function HookState({ hook }: { readonly hook: HookObject }) {
  const { t } = useTranslation('hooks');
  if (hook.active) return <StateBadge mood="good">{t('active')}</StateBadge>;
  return hook.inactive_reason === null ? (
    <StateBadge mood="quiet">{t('inactive')}</StateBadge>
  ) : (
    <StateBadge mood="bad">{t('stoppedBecause', { reason: hook.inactive_reason })}</StateBadge>
  );
}
