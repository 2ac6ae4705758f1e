export const nodeTypes = [
  'start',
  'content_filter',
  'condition',
  'delay',
  'update_profile',
  'api_call',
  'end',
] as const;
export type NodeType = (typeof nodeTypes)[number];

export const edgeNames = ['next', 'yes', 'no', 'error'] as const;
/** The ways out of a node. An edge that leads nowhere ends the run. */
export type EdgeName = (typeof edgeNames)[number];

export interface NodeBase {
  readonly id: string;
  readonly edges: Readonly<Partial<Record<EdgeName, string>>>;
}

/** What keeps a definition from being published. `path` such as `nodes.check.yes`. */
export interface DefinitionFault {
  readonly path: string;
  readonly message: string;
}
