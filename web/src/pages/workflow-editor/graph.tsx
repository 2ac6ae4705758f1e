import { Box, Button, Drawer, Group, Paper, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { type Edge, useReactFlow } from '@xyflow/react';
import { type RefObject, useMemo, useRef, useState } from 'react';
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
import { type LiveCounts, useCounts } from './use-counts.ts';
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

function useFlow({ outputs, editor, faults }: GraphProps, counts: LiveCounts['counts']) {
  const { draft } = editor;
  const summarize = useSummaries();
  const { number } = useFormat();
  const places = useMemo(() => placesOf(draft, outputs), [draft, outputs]);
  const nodes = toFlowNodes({ draft, types: outputs, places, summarize, faults, counts });
  const edges = toFlowEdges({ draft, types: outputs, counts }, number);
  // Summaries are made anew each time; what they say is what counts.
  const text = JSON.stringify({ nodes, edges });
  return useMemo((): { nodes: FlowNode[]; edges: Edge[] } => JSON.parse(text), [text]);
}

/** The settings of the node that is chosen, if it is one. */
function ChosenPanel({ workflow, types, outputs, editor, isReadOnly, faults }: GraphProps) {
  const { draft, selected } = editor;
  const [only] = selected.size === 1 ? selected : [];
  const chosen = draft.nodes.find(({ id }) => id === only);
  if (chosen === undefined) return null;
  return (
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
}

function EmptyCanvas({
  isReadOnly,
  onStart,
}: {
  readonly isReadOnly: boolean;
  readonly onStart: () => void;
}) {
  const { t } = useTranslation('workflowEditor');
  return (
    <Box pos="absolute" inset={0} style={{ zIndex: 5, pointerEvents: 'none' }}>
      <EmptyState
        title={t('empty')}
        text={t('emptyText')}
        action={
          isReadOnly ? null : (
            <Button style={{ pointerEvents: 'auto' }} onClick={onStart}>
              {t('addStart')}
            </Button>
          )
        }
      />
    </Box>
  );
}

/** Adds a node in the middle of what is seen of the canvas. */
function useAddInMiddle(editor: Editor, frame: RefObject<HTMLDivElement | null>): (type: string) => void {
  const flow = useReactFlow();
  return (type) => {
    const box = frame.current?.getBoundingClientRect();
    const middle = flow.screenToFlowPosition({
      x: (box?.left ?? 0) + (box?.width ?? 0) / 2,
      y: (box?.top ?? 0) + (box?.height ?? 0) / 2,
    });
    // Not on top of one that was added just before.
    const shift = (editor.draft.nodes.length % 5) * 24;
    editor.add(type, { x: middle.x - NODE_WIDTH / 2 + shift, y: middle.y - NODE_HEIGHT / 2 + shift });
  };
}

interface DrawersProps extends GraphProps {
  readonly isAdding: boolean;
  readonly onAdd: (type: string | null) => void;
}

/** What stands beside the canvas where there is room, from below where there is none. */
function Drawers({ isAdding, onAdd, ...props }: DrawersProps) {
  const { t } = useTranslation('workflowEditor');
  const { editor, types } = props;
  return (
    <>
      <Drawer
        opened={editor.selected.size === 1}
        onClose={() => editor.select(new Set())}
        withCloseButton={false}
        position="bottom"
        size="80%"
      >
        <ChosenPanel {...props} />
      </Drawer>
      <Drawer
        opened={isAdding}
        onClose={() => onAdd(null)}
        title={t('add')}
        closeButtonProps={{ 'aria-label': t('close') }}
        position="bottom"
      >
        <Palette types={types} onAdd={onAdd} />
      </Drawer>
    </>
  );
}

/** The canvas with its tools, the palette beside it and the settings of what is chosen. */
export function Graph(props: GraphProps) {
  const { workflow, types, editor, isReadOnly } = props;
  const { t } = useTranslation('workflowEditor');
  const isNarrow = useMediaQuery(NARROW, false, { getInitialValueInEffect: false });
  const live = useCounts(workflow.id, workflow.published_version, workflow.active);
  const [isAdding, setAdding] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const addInMiddle = useAddInMiddle(editor, frame);
  const flow = useFlow(props, live.counts);
  return (
    <>
      <Group mb="xs" justify="space-between">
        <Group gap="xs">
          {isNarrow && !isReadOnly ? (
            <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
              {t('add')}
            </Button>
          ) : null}
          <Toolbar editor={editor} isReadOnly={isReadOnly} live={live} />
        </Group>
        <Text size="xs" c="dimmed" visibleFrom="md">
          {isReadOnly ? t('readOnly') : t('shortcuts')}
        </Text>
      </Group>
      <Group gap={0} wrap="nowrap" align="stretch" h="calc(100vh - 230px)" mih={420}>
        {isNarrow || isReadOnly ? null : (
          <Paper withBorder w={PALETTE_WIDTH} mr="xs">
            <Palette types={types} onAdd={addInMiddle} />
          </Paper>
        )}
        <Paper withBorder flex={1} miw={0} pos="relative" style={{ overflow: 'hidden' }} ref={frame}>
          {editor.draft.nodes.length === 0 ? (
            <EmptyCanvas isReadOnly={isReadOnly} onStart={() => addInMiddle('start')} />
          ) : null}
          <Canvas
            {...flow}
            selected={editor.selected}
            isReadOnly={isReadOnly}
            onSelect={editor.select}
            onMove={editor.move}
            onConnect={editor.connect}
            onDisconnect={editor.disconnect}
            onRemove={editor.remove}
            onDrop={(type, place) => editor.add(type, { x: place.x - NODE_WIDTH / 2, y: place.y - 20 })}
          />
        </Paper>
        {isNarrow || editor.selected.size !== 1 ? null : (
          <Paper withBorder w={PANEL_WIDTH} ml="xs">
            <ChosenPanel {...props} />
          </Paper>
        )}
      </Group>
      {isNarrow ? (
        <Drawers
          {...props}
          isAdding={isAdding}
          onAdd={(type) => {
            if (type !== null) addInMiddle(type);
            setAdding(false);
          }}
        />
      ) : null}
    </>
  );
}
