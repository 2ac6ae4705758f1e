import { Skeleton, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const;

/** Grey lines in the place of what is being loaded, at most eight. */
export function Shadows({ lines = 6 }: { readonly lines?: number }) {
  const { t } = useTranslation('parts');
  return (
    <Stack gap="sm" role="status" aria-label={t('loading')}>
      {names.slice(0, lines).map((line) => (
        <Skeleton key={line} height={26} />
      ))}
    </Stack>
  );
}
