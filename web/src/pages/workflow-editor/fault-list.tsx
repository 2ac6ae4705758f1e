import { Button, Popover, ScrollArea, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { WorkflowFault } from '../../../../src/http/admin/workflow-contract.ts';

interface FaultListProps {
  readonly faults: readonly WorkflowFault[] | undefined;
  readonly onSelect: (node: string) => void;
}

/** How many faults there are; pressed, which, each a way to its node. */
export function FaultList({ faults, onSelect }: FaultListProps) {
  const { t } = useTranslation('workflowEditor');
  if (faults === undefined) return <Text size="sm">{t('checking')}</Text>;
  if (faults.length === 0) {
    return (
      <Text size="sm" c="dimmed" role="status">
        <IconCheck size={14} aria-hidden /> {t('noFaults')}
      </Text>
    );
  }
  return (
    <Popover width={360} position="bottom-end" withArrow>
      <Popover.Target>
        <Button
          variant="light"
          color="red"
          size="xs"
          leftSection={<IconAlertTriangle size={16} aria-hidden />}
        >
          {t('faults', { count: faults.length })}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Text fw={600} mb="xs">
          {t('faultsTitle')}
        </Text>
        <ScrollArea.Autosize mah={320}>
          <Stack gap="xs">
            {faults.map(({ node, path, message }) => (
              <UnstyledButton
                key={`${node} ${path} ${message}`}
                disabled={node === null}
                onClick={() => node !== null && onSelect(node)}
              >
                <Text size="sm" className="breakable">
                  <b>{[node, path].filter(Boolean).join(' · ')}</b>: {message}
                </Text>
              </UnstyledButton>
            ))}
          </Stack>
        </ScrollArea.Autosize>
      </Popover.Dropdown>
    </Popover>
  );
}
