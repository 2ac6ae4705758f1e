import type { Duration } from 'luxon';
import type { Filter } from '../../query/index.ts';
import type { Template } from '../../templates/index.ts';
import type { JsonTemplate } from './json-template.ts';

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

interface NodeBase {
  readonly id: string;
  readonly edges: Readonly<Partial<Record<EdgeName, string>>>;
}

export interface StartNode extends NodeBase {
  readonly type: 'start';
  readonly name: 'Default';
}

export interface FilterNode extends NodeBase {
  readonly type: 'content_filter' | 'condition';
  readonly filter: Filter;
}

export interface DelayNode extends NodeBase {
  readonly type: 'delay';
  readonly for: Duration;
}

export interface UpdateProfileNode extends NodeBase {
  readonly type: 'update_profile';
  readonly fields: ReadonlyMap<string, JsonTemplate>;
}

export const callMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type CallMethod = (typeof callMethods)[number];

export interface ApiCallNode extends NodeBase {
  readonly type: 'api_call';
  readonly method: CallMethod;
  readonly url: Template;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, Template>;
  readonly body:
    | { readonly kind: 'none' }
    | { readonly kind: 'text'; readonly template: Template }
    | { readonly kind: 'json'; readonly value: JsonTemplate };
  readonly timeoutMs: number;
  readonly saveAs: string | null;
  readonly retries: number;
}

export interface EndNode extends NodeBase {
  readonly type: 'end';
  readonly reason: string | null;
}

export type Node = StartNode | FilterNode | DelayNode | UpdateProfileNode | ApiCallNode | EndNode;

/** A checked definition with its filters and templates parsed. Frozen: engines share it. */
export interface Definition {
  /** Id of the start node that profiles sent by the API enter. */
  readonly start: string;
  readonly nodes: ReadonlyMap<string, Node>;
  /** Whether a node changes profiles, so that they must be locked before the runs. */
  readonly changesProfiles: boolean;
  /** Whether a node reads `apicontent`. */
  readonly readsContent: boolean;
}

/** What keeps a definition from being published. `path` such as `nodes.check.yes`. */
export interface DefinitionFault {
  readonly path: string;
  readonly message: string;
}
