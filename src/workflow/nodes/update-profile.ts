import { isJsonObject, type JsonObject } from '../../base/index.ts';
import {
  applyProfilePatch,
  applyWithOwners,
  type ProfileShape,
  type ProfileState,
  parseProfilePatch,
  type StoredProfile,
  type UniqueOwners,
} from '../../profiles/index.ts';
import { type JsonTemplate, renderJson } from './json-template.ts';
import type { NodeBase } from './node-base.ts';
import type { NodeReader } from './node-reader.ts';
import {
  type ExecuteNode,
  type NodeStep,
  PROFILE_GONE,
  templateScope,
  type WalkingRun,
} from './walking-run.ts';
import { writeChanges } from './write-changes.ts';

export interface UpdateProfileNode extends NodeBase {
  readonly type: 'update_profile';
  readonly fields: ReadonlyMap<string, JsonTemplate>;
}

export function parseUpdateProfile(reader: NodeReader): UpdateProfileNode | undefined {
  reader.edge('next');
  const object = reader.value('fields');
  if (!isJsonObject(object) || Object.keys(object).length === 0) {
    reader.fault('fields', 'expected an object of field names and values');
    return undefined;
  }
  const fields = new Map<string, JsonTemplate>();
  for (const [name, value] of Object.entries(object)) {
    const path = `fields.${name}`;
    if (value === null) reader.fault(path, 'expected a value: null changes nothing');
    fields.set(name, reader.jsonTemplate(path, value));
  }
  return { id: reader.id, type: 'update_profile', fields, edges: reader.edges };
}

function applyRun(
  node: UpdateProfileNode,
  run: WalkingRun,
  stored: StoredProfile,
  states: Map<string, ProfileState>,
  owners: UniqueOwners,
  { shape, now }: { shape: ProfileShape; now: Date },
): NodeStep {
  // With the changes of the runs before, which the templates of the next one see.
  const before = states.get(stored.id) ?? stored;
  const scope = templateScope({ ...stored, fields: before.fields }, run, now);
  const rendered: JsonObject = {};
  for (const [name, template] of node.fields) rendered[name] = renderJson(template, scope);
  const patch = parseProfilePatch(shape, rendered);
  if (!patch.ok) return { kind: 'fail', reason: `${node.id}: ${patch.error.text}` };
  const after = applyProfilePatch(shape, before, { fields: patch.value, subscriptions: [] }, now);
  if (!after.ok) return { kind: 'fail', reason: `${node.id}: ${after.error.text}` };
  const taken = owners.take(stored.id, before, after.value);
  if (taken !== undefined) return { kind: 'fail', reason: `${node.id}: ${taken.text}` };
  states.set(stored.id, after.value);
  return { kind: 'leave', edge: 'next' };
}

/**
 * One update for the batch. Several runs of one profile are applied in order; a value that does not fit, or that is
 * unique and another profile's, fails its run.
 */
export const executeUpdateProfile: ExecuteNode<UpdateProfileNode> = async (node, runs, scope) => {
  const shape = await scope.shape();
  const profiles = await scope.profiles();
  const { states, steps } = await applyWithOwners(scope.tx, shape, (owners) => {
    const states = new Map<string, ProfileState>();
    const steps = runs.map((run): NodeStep => {
      const stored = profiles.get(run.profileId);
      if (stored === undefined) return { kind: 'fail', reason: PROFILE_GONE };
      return applyRun(node, run, stored, states, owners, { shape, now: scope.now });
    });
    return { states, steps };
  });
  await writeChanges(scope, shape, states, runs);
  return steps;
};
