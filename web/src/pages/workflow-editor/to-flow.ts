import type { Edge } from '@xyflow/react';
import type { NodeCountsObject } from '../../../../src/http/admin/contract.ts';
import type { WorkflowFault } from '../../../../src/http/admin/workflow-contract.ts';
import { type Draft, type DraftNode, linksOf, type OutputsByType, outputsOf, type Place } from './draft.ts';
import type { FlowNode } from './flow-node.tsx';

interface FlowInput {
  readonly draft: Draft;
  readonly types: OutputsByType;
  readonly places: Readonly<Record<string, Place>>;
  readonly summarize: (node: DraftNode) => string;
  readonly faults: readonly WorkflowFault[];
  /** Of one version; undefined = none are shown. */
  readonly counts: readonly NodeCountsObject[] | undefined;
}

/** The nodes of a draft as the canvas draws them. */
export function toFlowNodes({ draft, types, places, summarize, faults, counts }: FlowInput): FlowNode[] {
  return draft.nodes.map((node) => {
    const found = counts?.find((one) => one.node === node.id);
    return {
      id: node.id,
      type: 'step',
      position: places[node.id] ?? { x: 0, y: 0 },
      data: {
        nodeType: node.type,
        summary: summarize(node),
        outputs: outputsOf(node, types),
        faults: faults
          .filter((fault) => fault.node === node.id)
          .map(({ path, message }) => `${path}: ${message}`),
        figures:
          counts === undefined
            ? undefined
            : {
                active: found?.active ?? 0,
                waiting: found?.waiting ?? 0,
                failed: (found?.passed['failed'] ?? 0) + (found?.passed['error'] ?? 0),
              },
      },
    };
  });
}

/** And its ways, with how many have gone there. */
export function toFlowEdges(
  { draft, types, counts }: Pick<FlowInput, 'draft' | 'types' | 'counts'>,
  print: (count: number) => string,
): Edge[] {
  const ids = new Set(draft.nodes.map(({ id }) => id));
  return linksOf(draft, types).flatMap(({ source, output, target }) => {
    if (!ids.has(target)) return [];
    const passed = counts?.find(({ node }) => node === source)?.passed[output.outcome];
    const isBad = output.outcome === 'error';
    return [
      {
        id: `${source} ${output.key}`,
        source,
        sourceHandle: output.key,
        target,
        ...(passed === undefined || passed === 0 ? {} : { label: print(passed) }),
        ...(isBad ? { style: { stroke: 'var(--mantine-color-error)' } } : {}),
      },
    ];
  });
}
