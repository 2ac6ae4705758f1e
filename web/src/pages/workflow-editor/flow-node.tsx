import { Badge, Box, Group, Paper, Text, ThemeIcon, Tooltip } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../parts/format.ts';
import type { Output } from './draft.ts';
import { NODE_WIDTH } from './lay-out.ts';
import { lookOf } from './node-look.ts';
import { useNodeWords } from './node-words.ts';

export interface NodeFigures {
  readonly active: number;
  readonly waiting: number;
  readonly failed: number;
}

export type FlowNodeData = Record<string, unknown> & {
  readonly nodeType: string;
  readonly summary: string;
  readonly outputs: readonly Output[];
  readonly faults: readonly string[];
  readonly figures: NodeFigures | undefined;
};
export type FlowNode = Node<FlowNodeData, 'step'>;

/** A node of the graph: what it is, what it is set to, what is wrong with it, who is there. */
export function StepNode({ id, data, selected }: NodeProps<FlowNode>) {
  const { typeName, outcomeName } = useNodeWords();
  const { icon: Icon, color } = lookOf(data.nodeType);
  const hasFaults = data.faults.length > 0;
  return (
    <Paper
      withBorder
      shadow={selected ? 'md' : 'xs'}
      w={NODE_WIDTH}
      p="xs"
      data-testid={`node-${id}`}
      style={{
        borderColor: hasFaults
          ? 'var(--mantine-color-error)'
          : selected
            ? 'var(--mantine-primary-color-filled)'
            : 'var(--mantine-color-default-border)',
        borderWidth: selected || hasFaults ? 2 : 1,
      }}
    >
      {data.nodeType === 'start' ? null : (
        <Handle type="target" position={Position.Top} className="flow-handle" />
      )}
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <ThemeIcon variant="light" color={color} size={30}>
          <Icon size={18} aria-hidden />
        </ThemeIcon>
        <Box miw={0} flex={1}>
          <Text size="sm" fw={600} lh={1.2}>
            {typeName(data.nodeType)}
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {id}
          </Text>
        </Box>
        <Faults faults={data.faults} />
      </Group>
      <Text size="xs" mt={4} lineClamp={2} mih={16} className="breakable">
        {data.summary}
      </Text>
      <Figures figures={data.figures} />
      <Group justify="space-around" gap={2} mt={4} wrap="nowrap">
        {data.outputs.map(({ key, outcome }) => (
          <Box key={key} pos="relative" flex={1} ta="center" pb={4}>
            <Text size="10px" c="dimmed" lh={1} truncate>
              {data.outputs.length > 1 ? outcomeName(outcome) : ' '}
            </Text>
            <Handle
              type="source"
              id={key}
              position={Position.Bottom}
              className="flow-handle"
              data-testid={`out-${id}-${key}`}
            />
          </Box>
        ))}
      </Group>
    </Paper>
  );
}

function Faults({ faults }: { readonly faults: readonly string[] }) {
  const { t } = useTranslation('workflowEditor');
  if (faults.length === 0) return null;
  return (
    <Tooltip label={faults.join('\n')} multiline maw={320} style={{ whiteSpace: 'pre-wrap' }}>
      <IconAlertTriangle
        size={18}
        color="var(--mantine-color-error)"
        role="img"
        aria-label={t('faults', { count: faults.length })}
      />
    </Tooltip>
  );
}

function Figures({ figures }: { readonly figures: NodeFigures | undefined }) {
  const { t } = useTranslation('workflowEditor');
  const { t: outcome } = useTranslation('workflowEditor', { keyPrefix: 'outcomes' });
  const format = useFormat();
  if (figures === undefined) return null;
  const shown = [
    ['active', figures.active, 'blue', t('active')],
    ['waiting', figures.waiting, 'gray', t('waiting')],
    ['failed', figures.failed, 'red', outcome('error')],
  ] as const;
  return (
    <Group gap={4} mt={4} className="figures">
      {shown.map(([key, count, color, name]) =>
        count === 0 ? null : (
          <Badge key={key} size="sm" color={color} variant="light" tt="none" className="state-badge">
            {format.number(count)} {name}
          </Badge>
        ),
      )}
    </Group>
  );
}
