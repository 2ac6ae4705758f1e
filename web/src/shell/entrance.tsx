import { Box, Center, Group, Paper, Stack, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { AppearanceMenu } from './appearance-menu.tsx';
import { Logo } from './logo.tsx';
import { Notice } from './notice.tsx';

interface EntranceProps {
  readonly title: string;
  readonly children: ReactNode;
}

/** The frame of the pages in front of the door: log-in and setup. */
export function Entrance({ title, children }: EntranceProps) {
  return (
    <Box mih="100vh" bg="var(--mantine-color-default-hover)">
      <Group justify="flex-end" p="sm">
        <AppearanceMenu />
      </Group>
      <Center component="main" px="md" pb="xl" pt="5vh">
        <Paper withBorder shadow="sm" p="xl" w="100%" maw={440}>
          <Stack>
            <Logo />
            <Notice />
            <Title order={1}>{title}</Title>
            {children}
          </Stack>
        </Paper>
      </Center>
    </Box>
  );
}
