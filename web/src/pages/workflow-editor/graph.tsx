import { Box, Button, Drawer, Group, Paper, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { type Edge, useReactFlow } from '@xyflow/react';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WorkflowObject } from '../../../../src/http/admin/contract.ts';
import type { NodeTypeObject, WorkflowFault } from '../../../../src/http/admin/workflow-contract.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { useFormat } from '../../parts/format.ts';
import { Canvas } from './canvas.tsx';
import type { OutputsByType } from './draft.ts';
import type { FlowNode } from './flow-node.tsx';
import { NODE_HEIGHT, NODE_WIDTH, placesOf } from './lay-out.ts';
import { NodePanel } from './node-panel.tsx';
import { Palette } from './palette.tsx';
import { useSummaries } from './summarize.ts';
import { toFlowEdges, toFlowNodes } from './to-flow.ts';
import { Toolbar } from './toolbar.tsx';
import { useCounts } from './use-counts.ts';
import type { Editor } from './use-editor.ts';

interface GraphProps {
  readonly workflow: WorkflowObject;
  readonly types: readonly NodeTypeObject[];
  readonly outputs: OutputsByType;
  readonly editor: Editor;
  readonly isReadOnly: boolean;
  readonly faults: readonly WorkflowFault[];
}

const PANEL_WIDTH = 360;
const PALETTE_WIDTH = 200;
const NARROW = '(max-width: 61.9em)';

function useFlow({ workflow, outputs, editor, faults }: GraphProps, hasCounts: boolean) {
  const { draft } = editor;
  const summarize = useSummaries();
  const { number } = useFormat();
  const counts = useCounts(workflow.id, workflow.published_version, hasCounts);
  const places = useMemo(() => placesOf(draft, outputs), [draft, outputs]);
  const nodes = toFlowNodes({ draft, types: outputs, places, summarize, faults, counts });
  const edges = toFlowEdges({ draft, types: outputs, counts }, number);
  // Summaries are made anew each time; what they say is what counts.
  const text = JSON.stringify({ nodes, edges });
  return useMemo((): { nodes: FlowNode[]; edges: Edge[] } => JSON.parse(text), [text]);
}

/** The canvas with its tools, the palette beside it and the settings of what is chosen. */
export function Graph(props: GraphProps) {
  const { workflow, types, outputs, editor, isReadOnly, faults } = props;
  const { t } = useTranslation('workflowEditor');
  const isNarrow = useMediaQuery(NARROW, false, { getInitialValueInEffect: false });
  const [hasCounts, setCounts] = useState(workflow.active);
  const [isAdding, setAdding] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const flow = useReactFlow();
  const { draft, selected } = editor;
  const { nodes, edges } = useFlow(props, hasCounts);
  const [only] = selected.size === 1 ? selected : [];
  const chosen = draft.nodes.find(({ id }) => id === only);

  const addInMiddle = (type: string): void => {
    const box = frame.current?.getBoundingClientRect();
    const middle = flow.screenToFlowPosition({
      x: (box?.left ?? 0) + (box?.width ?? 0) / 2,
      y: (box?.top ?? 0) + (box?.height ?? 0) / 2,
    });
    // Not on top of one that was added just before.
    const shift = (draft.nodes.length % 5) * 24;
    editor.add(type, { x: middle.x - NODE_WIDTH / 2 + shift, y: middle.y - NODE_HEIGHT / 2 + shift });
    setAdding(false);
  };
  const palette = <Palette types={types} onAdd={addInMiddle} />;
  const panel =
    chosen === undefined ? null : (
      <NodePanel
        draft={draft}
        node={chosen}
        type={types.find(({ type }) => type === chosen.type)}
        types={outputs}
        databaseId={workflow.database_id}
        faults={faults.filter(({ node }) => node === chosen.id)}
        isReadOnly={isReadOnly}
        onSettings={(settings) => editor.setSettings(chosen.id, settings)}
        onRename={(id) => editor.rename(chosen.id, id)}
        onConnect={(key, target) =>
          target === null ? editor.disconnect(chosen.id, key) : editor.connect(chosen.id, key, target)
        }
        onRemove={() => editor.remove(new Set([chosen.id]))}
        onClose={() => editor.select(new Set())}
      />
    );
  return (
    <>
      <Group mb="xs" justify="space-between">
        <Group gap="xs">
          {isNarrow && !isReadOnly ? (
            <Button
              size="sm"
              leftSection={<IconPlus size={16} aria-hidden />}
              onClick={() => setAdding(true)}
            >
              {t('add')}
            </Button>
          ) : null}
          <Toolbar editor={editor} isReadOnly={isReadOnly} hasCounts={hasCounts} onCounts={setCounts} />
        </Group>
        <Text size="xs" c="dimmed" visibleFrom="md">
          {isReadOnly ? t('readOnly') : t('shortcuts')}
        </Text>
      </Group>
      <Group gap={0} wrap="nowrap" align="stretch" h="calc(100vh - 230px)" mih={420}>
        {isNarrow || isReadOnly ? null : (
          <Paper withBorder w={PALETTE_WIDTH} radius="md" mr="xs">
            {palette}
          </Paper>
        )}
        <Paper
          withBorder
          flex={1}
          miw={0}
          pos="relative"
          radius="md"
          style={{ overflow: 'hidden' }}
          ref={frame}
        >
          {draft.nodes.length === 0 ? (
            <Box pos="absolute" inset={0} style={{ zIndex: 5, pointerEvents: 'none' }}>
              <EmptyState
                title={t('empty')}
                text={t('emptyText')}
                action={
                  isReadOnly ? null : (
                    <Button style={{ pointerEvents: 'auto' }} onClick={() => addInMiddle('start')}>
                      {t('addStart')}
                    </Button>
                  )
                }
              />
            </Box>
          ) : null}
          <Canvas
            nodes={nodes}
            edges={edges}
            selected={selected}
            isReadOnly={isReadOnly}
            onSelect={editor.select}
            onMove={editor.move}
            onConnect={editor.connect}
            onDisconnect={editor.disconnect}
            onRemove={editor.remove}
            onDrop={(type, place) => editor.add(type, { x: place.x - NODE_WIDTH / 2, y: place.y - 20 })}
          />
        </Paper>
        {panel === null || isNarrow ? null : (
          <Paper withBorder w={PANEL_WIDTH} radius="md" ml="xs">
            {panel}
          </Paper>
        )}
      </Group>
      <Drawer
        opened={isNarrow && panel !== null}
        onClose={() => editor.select(new Set())}
        withCloseButton={false}
        position="bottom"
        size="80%"
      >
        {panel}
      </Drawer>
      <Drawer
        opened={isAdding}
        onClose={() => setAdding(false)}
        title={t('add')}
        closeButtonProps={{ 'aria-label': t('close') }}
        position="bottom"
      >
        {palette}
      </Drawer>
    </>
  );
}
