import { Button, Group } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconChevronsLeft } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Keyset } from './keyset.ts';

/** Forth and back in a list by keys; nothing where the list has one page. */
export function Pager({ list }: { readonly list: Pick<Keyset<unknown>, 'next' | 'previous' | 'first'> }) {
  const { t } = useTranslation('parts');
  const { next, previous, first } = list;
  if (next === undefined && previous === undefined) return null;
  return (
    <Group component="nav" aria-label={t('pages')} justify="flex-end" mt="md" gap="xs">
      <Button
        variant="subtle"
        size="xs"
        disabled={first === undefined}
        onClick={first}
        leftSection={<IconChevronsLeft size={16} aria-hidden />}
      >
        {t('first')}
      </Button>
      <Button
        variant="default"
        size="xs"
        disabled={previous === undefined}
        onClick={previous}
        leftSection={<IconChevronLeft size={16} aria-hidden />}
      >
        {t('previous')}
      </Button>
      <Button
        variant="default"
        size="xs"
        disabled={next === undefined}
        onClick={next}
        rightSection={<IconChevronRight size={16} aria-hidden />}
      >
        {t('next')}
      </Button>
    </Group>
  );
}
