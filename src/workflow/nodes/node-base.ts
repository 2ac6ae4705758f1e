export const nodeTypes = [
  'start',
  'content_filter',
  'condition',
  'delay',
  'split',
  'update_profile',
  'update_subscription',
  'segment',
  'api_call',
  'send',
  'wait_event',
  'emit',
  'workflow_jump',
  'end',
] as const;
export type NodeType = (typeof nodeTypes)[number];

/** The ways out of a node; those of a split are `branch 1` and so on. An edge that leads nowhere ends the run. */
export type EdgeName =
  | 'next'
  | 'yes'
  | 'no'
  | 'error'
  | 'no_address'
  | 'timed_out'
  | 'no_date'
  | `branch ${number}`;

export interface NodeBase {
  readonly id: string;
  readonly edges: Readonly<Partial<Record<EdgeName, string>>>;
}

/** Where the definition says where an edge leads, as a key of its node. */
export function edgeKey(name: string): string {
  const [, branch] = /^branch (\d+)$/.exec(name) ?? [];
  return branch === undefined ? name : `branches[${Number(branch) - 1}].next`;
}

/** What keeps a definition from being published. `path` such as `nodes.check.yes`. */
export interface DefinitionFault {
  readonly path: string;
  readonly message: string;
}
