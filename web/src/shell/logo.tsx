import { Badge, Group, Text } from '@mantine/core';
import { useInstallationName } from '../api/session.ts';

/** The program, and which installation of it. */
export function Logo() {
  const name = useInstallationName();
  return (
    <Group gap="xs" wrap="nowrap">
      <img src="/icon.svg" alt="" width={26} height={26} />
      <Text fw={700} size="lg" component="span">
        Muster
      </Text>
      {name === null ? null : (
        <Badge variant="outline" color="gray" tt="none" className="installation" maw={180}>
          {name}
        </Badge>
      )}
    </Group>
  );
}
