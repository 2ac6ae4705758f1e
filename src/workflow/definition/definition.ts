import type { JsonObject } from '../../base/index.ts';
import type { Node } from '../nodes/node-types.ts';
import type { SendNode } from '../nodes/send.ts';

/** A checked definition with its filters and templates parsed. Frozen: engines share it. */
export interface Definition {
  /** Id of the start node that profiles sent by the API enter; null = only triggers start runs. */
  readonly start: string | null;
  /** The start nodes with an event, as they were written, each with its id. */
  readonly triggers: readonly JsonObject[];
  readonly nodes: ReadonlyMap<string, Node>;
  /** Whether a node changes profiles or starts runs of them, so that they must be locked before the runs. */
  readonly changesProfiles: boolean;
  /** Whether a node reads `apicontent`. */
  readonly readsContent: boolean;
  /** The nodes that queue messages. */
  readonly sends: readonly SendNode[];
  /** The events of profiles that its nodes wait for: `profile_updated`, or `custom` and its name. */
  readonly waits: readonly string[];
}
