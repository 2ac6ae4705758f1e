import { Box, SimpleGrid, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** Names and values beside each other, such as the settings of one thing. Entries whose value is undefined are left out. */
export function Facts({
  entries,
}: {
  readonly entries: readonly (readonly [name: string, value: ReactNode])[];
}) {
  return (
    <SimpleGrid component="dl" cols={{ base: 1, xs: 2, md: 3 }} spacing="md" m={0}>
      {entries
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => (
          <Box key={name}>
            <Text component="dt" size="sm" c="dimmed">
              {name}
            </Text>
            <Text component="dd" m={0} className="breakable figures">
              {value}
            </Text>
          </Box>
        ))}
    </SimpleGrid>
  );
}
