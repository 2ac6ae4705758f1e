import { Alert } from '@mantine/core';
import { IconSpeakerphone } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useSessionState } from '../api/session.ts';

/** What owners want everybody to know. */
export function Notice() {
  const { t } = useTranslation('shell');
  const { data } = useSessionState();
  if (!data?.notice) return null;
  return (
    <Alert color="blue" icon={<IconSpeakerphone aria-hidden />} mb="md" role="note" aria-label={t('notice')}>
      {data.notice}
    </Alert>
  );
}
