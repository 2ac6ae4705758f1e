import type { ProfileState } from '../../profiles/index.ts';
import { addMembers, removeMembers } from '../../segments/index.ts';
import type { NodeBase } from './node-base.ts';
import type { NodeReader } from './node-reader.ts';
import { type ExecuteNode, PROFILE_GONE } from './walking-run.ts';
import { depthsOf } from './write-changes.ts';

/** Puts profiles into static segments and takes them out of others. */
export interface SegmentNode extends NodeBase {
  readonly type: 'segment';
  readonly add: readonly number[];
  readonly remove: readonly number[];
}

/** Each is a statement for the batch. */
const MAX_SEGMENTS = 20;

function parseIds(reader: NodeReader, key: string): number[] {
  const value = reader.value(key) ?? [];
  if (!Array.isArray(value) || value.length > MAX_SEGMENTS) {
    reader.fault(key, `expected a list of at most ${MAX_SEGMENTS} ids of segments`);
    return [];
  }
  const ids = value.filter(
    (id): id is number => typeof id === 'number' && Number.isInteger(id) && id >= 1 && id <= 2_147_483_647,
  );
  if (ids.length < value.length) reader.fault(key, 'expected ids, whole numbers from 1');
  return [...new Set(ids)];
}

export function parseSegment(reader: NodeReader): SegmentNode {
  reader.edge('next');
  const add = parseIds(reader, 'add');
  const remove = parseIds(reader, 'remove');
  if (reader.value('add') === undefined && reader.value('remove') === undefined) {
    reader.fault('add', 'expected segments to add or to remove');
  }
  const both = add.find((id) => remove.includes(id));
  if (both !== undefined) reader.fault('remove', `segment ${both} is also among those to add`);
  return { id: reader.id, type: 'segment', add, remove, edges: reader.edges };
}

/**
 * One statement for each segment, in order of id. A segment that was deleted meanwhile is passed over. Those who were
 * not in a segment enter it, which triggers may wait for.
 */
export const executeSegment: ExecuteNode<SegmentNode> = async (node, runs, scope) => {
  const profiles = await scope.profiles();
  const depths = depthsOf(runs);
  const ids = [...depths.keys()].filter((id) => profiles.has(id)).sort();
  const entered = new Map<string, number[]>();
  for (const segmentId of [...node.add, ...node.remove].sort((left, right) => left - right)) {
    if (node.remove.includes(segmentId)) {
      await removeMembers(scope.tx, segmentId, ids);
      continue;
    }
    for (const profileId of await addMembers(scope.tx, segmentId, ids, scope.now)) {
      entered.set(profileId, [...(entered.get(profileId) ?? []), segmentId]);
    }
  }
  for (const [profileId, enteredSegments] of entered) {
    const profile = profiles.get(profileId);
    if (profile === undefined) continue;
    const state: ProfileState = { fields: profile.fields, subscriptions: profile.subscriptions };
    const change = { profileId, before: state, after: state, enteredSegments };
    scope.changes.note(change, depths.get(profileId) ?? 0);
  }
  return runs.map(({ profileId }) =>
    profiles.has(profileId) ? { kind: 'leave', edge: 'next' } : { kind: 'fail', reason: PROFILE_GONE },
  );
};
