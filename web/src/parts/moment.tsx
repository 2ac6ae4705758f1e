import { Text, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from './format.ts';
import { useNow } from './now.ts';

/** A time as people say it, kept true while it is shown, with the exact one at hand; null = never. */
export function Moment({ time }: { readonly time: string | null | undefined }) {
  const { t } = useTranslation('parts');
  const format = useFormat();
  useNow();
  if (time === null || time === undefined) return <>{t('never')}</>;
  return (
    <Tooltip label={format.moment(time)}>
      <Text component="time" dateTime={time} inherit style={{ whiteSpace: 'nowrap' }}>
        {format.ago(time)}
      </Text>
    </Tooltip>
  );
}
