import { Center, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconInbox } from '@tabler/icons-react';
import type { ReactNode } from 'react';

interface EmptyStateProps {
  readonly title: string;
  /** What this place is for, and the next step. */
  readonly text?: string;
  readonly icon?: typeof IconInbox;
  readonly action?: ReactNode;
  /** 1 where it is the whole page. */
  readonly level?: 1 | 2;
}

/** In the place of a list without entries, or of a page that cannot be shown. */
export function EmptyState({ title, text, icon: Icon = IconInbox, action, level = 2 }: EmptyStateProps) {
  return (
    <Center py={56} px="md">
      <Stack align="center" gap="sm" maw={460} ta="center">
        <ThemeIcon size={52} radius="xl" variant="light">
          <Icon size={28} stroke={1.5} aria-hidden />
        </ThemeIcon>
        <Title order={level} size="h3">
          {title}
        </Title>
        {text === undefined ? null : <Text c="dimmed">{text}</Text>}
        {action}
      </Stack>
    </Center>
  );
}
