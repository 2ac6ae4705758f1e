import { Group, ScrollArea, Text, ThemeIcon, Tooltip, UnstyledButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { NodeTypeObject } from '../../../../src/http/admin/workflow-contract.ts';
import { lookOf } from './node-look.ts';
import { useNodeWords } from './node-words.ts';

/** Under which a dragged entry carries its type. */
export const DRAGGED_TYPE = 'application/x-muster-node';

interface PaletteProps {
  readonly types: readonly NodeTypeObject[];
  readonly onAdd: (type: string) => void;
}

/** The types of nodes, to be dragged onto the canvas or pressed. */
export function Palette({ types, onAdd }: PaletteProps) {
  const { t } = useTranslation('workflowEditor');
  const { typeName } = useNodeWords();
  return (
    <ScrollArea h="100%" p="xs" type="auto" viewportProps={{ tabIndex: 0, 'aria-label': t('palette') }}>
      <Text size="xs" c="dimmed" mb="xs">
        {t('paletteHelp')}
      </Text>
      {types.map(({ type, description }) => {
        const { icon: Icon, color } = lookOf(type);
        return (
          <Tooltip key={type} label={description} position="right">
            <UnstyledButton
              draggable
              w="100%"
              p={6}
              onDragStart={(event) => {
                event.dataTransfer.setData(DRAGGED_TYPE, type);
                event.dataTransfer.effectAllowed = 'copy';
              }}
              onClick={() => onAdd(type)}
              style={{ borderRadius: 'var(--mantine-radius-default)', cursor: 'grab' }}
            >
              <Group gap="xs" wrap="nowrap">
                <ThemeIcon variant="light" color={color} size={26}>
                  <Icon size={16} aria-hidden />
                </ThemeIcon>
                <Text size="sm">{typeName(type)}</Text>
              </Group>
            </UnstyledButton>
          </Tooltip>
        );
      })}
    </ScrollArea>
  );
}
