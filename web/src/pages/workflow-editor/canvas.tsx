import '@xyflow/react/dist/style.css';
import './flow.css';
import { Box, useComputedColorScheme } from '@mantine/core';
import {
  applyNodeChanges,
  Background,
  type Connection,
  type Edge,
  MiniMap,
  type NodeChange,
  ReactFlow,
  useReactFlow,
} from '@xyflow/react';
import { type DragEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Place } from './draft.ts';
import { type FlowNode, StepNode } from './flow-node.tsx';
import { DRAGGED_TYPE } from './palette.tsx';

const nodeTypes = { step: StepNode };
/** Fewer nodes are seen at a glance: a map would only cover some of them. */
const LEAST_MAPPED = 25;

interface CanvasProps {
  readonly nodes: readonly FlowNode[];
  readonly edges: readonly Edge[];
  readonly selected: ReadonlySet<string>;
  readonly isReadOnly: boolean;
  readonly onSelect: (ids: ReadonlySet<string>) => void;
  readonly onMove: (places: Record<string, Place>) => void;
  readonly onConnect: (source: string, key: string, target: string) => void;
  readonly onDisconnect: (source: string, key: string) => void;
  readonly onRemove: (ids: ReadonlySet<string>) => void;
  readonly onDrop: (type: string, place: Place) => void;
}

/** Selections and sizes are the canvas's own; what a node is and where it stands comes from the draft. */
function useFlowNodes({ nodes, selected }: Pick<CanvasProps, 'nodes' | 'selected'>) {
  const [shown, setShown] = useState<FlowNode[]>([]);
  useEffect(() => {
    setShown((old) => {
      const known = new Map(old.map((node) => [node.id, node]));
      return nodes.map((node) => ({ ...known.get(node.id), ...node, selected: selected.has(node.id) }));
    });
  }, [nodes, selected]);
  return [shown, setShown] as const;
}

export function Canvas(props: CanvasProps) {
  const { t } = useTranslation('workflowEditor');
  const { edges, isReadOnly, onSelect, onMove, onConnect, onDisconnect, onRemove, onDrop, selected } = props;
  const scheme = useComputedColorScheme('light');
  const flow = useReactFlow();
  const [shown, setShown] = useFlowNodes(props);

  const change = (changes: NodeChange<FlowNode>[]): void => {
    setShown((old) => applyNodeChanges(changes, old));
    const moved: Record<string, Place> = {};
    const next = new Set(selected);
    const removed = new Set<string>();
    for (const one of changes) {
      if (one.type === 'position' && one.position !== undefined && one.dragging !== true) {
        moved[one.id] = { x: Math.round(one.position.x), y: Math.round(one.position.y) };
      }
      if (one.type === 'select') {
        if (one.selected) next.add(one.id);
        else next.delete(one.id);
      }
      if (one.type === 'remove') removed.add(one.id);
    }
    if (Object.keys(moved).length > 0 && !isReadOnly) onMove(moved);
    if (removed.size > 0 && !isReadOnly) onRemove(removed);
    else if (changes.some(({ type }) => type === 'select')) onSelect(next);
  };
  const connectNodes = ({ source, sourceHandle, target }: Connection): void => {
    if (sourceHandle !== null) onConnect(source, sourceHandle, target);
  };
  const drop = (event: DragEvent): void => {
    const type = event.dataTransfer.getData(DRAGGED_TYPE);
    if (type === '' || isReadOnly) return;
    event.preventDefault();
    onDrop(type, flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }));
  };
  return (
    <Box
      h="100%"
      role="application"
      aria-label={t('canvas')}
      onDrop={drop}
      onDragOver={(event) => event.preventDefault()}
    >
      <ReactFlow
        nodes={shown}
        edges={[...edges]}
        nodeTypes={nodeTypes}
        colorMode={scheme}
        onNodesChange={change}
        onConnect={connectNodes}
        onEdgesDelete={(gone) => {
          for (const { source, sourceHandle } of gone) if (sourceHandle) onDisconnect(source, sourceHandle);
        }}
        nodesDraggable={!isReadOnly}
        nodesConnectable={!isReadOnly}
        deleteKeyCode={isReadOnly ? null : ['Delete', 'Backspace']}
        multiSelectionKeyCode={['Shift', 'Meta', 'Control']}
        connectionRadius={40}
        minZoom={0.15}
        fitView
        fitViewOptions={{ maxZoom: 1, padding: 0.15 }}
        proOptions={{ hideAttribution: true }}
      >
        <Background />
        {shown.length < LEAST_MAPPED ? null : (
          <MiniMap
            pannable
            zoomable
            ariaLabel={null}
            className="mantine-visible-from-sm"
            style={{ width: 130, height: 90 }}
          />
        )}
      </ReactFlow>
    </Box>
  );
}
