import { isJsonObject, type JsonObject } from '../../base/index.ts';
import {
  changeProfiles,
  coerceFields,
  mergeFields,
  type ProfileShape,
  type StoredProfile,
  type Subscription,
} from '../../profiles/index.ts';
import type { ChangedProfiles } from '../triggers/changed-profiles.ts';
import { type JsonTemplate, parseJsonTemplate, renderJson } from './json-template.ts';
import type { NodeBase } from './node-base.ts';
import type { NodeReader } from './node-reader.ts';
import {
  type ExecuteNode,
  type NodeStep,
  PROFILE_GONE,
  templateScope,
  type WalkingRun,
} from './walking-run.ts';

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
    if (value === null) reader.fault(`fields.${name}`, 'expected a value: null changes nothing');
    const template = parseJsonTemplate(value, `fields.${name}`, (path, error) =>
      reader.templateFault(path, error),
    );
    fields.set(name, template);
  }
  return { id: reader.id, type: 'update_profile', fields, edges: reader.edges };
}

interface Change {
  /** With the patches of the runs before, which the templates of the next one see. */
  profile: StoredProfile;
  patch: JsonObject;
}

function applyRun(
  node: UpdateProfileNode,
  run: WalkingRun,
  stored: StoredProfile,
  changes: Map<string, Change>,
  shape: ProfileShape,
): NodeStep {
  const before = changes.get(stored.id) ?? { profile: stored, patch: {} };
  const scope = templateScope(before.profile, run);
  const rendered: JsonObject = {};
  for (const [name, template] of node.fields) rendered[name] = renderJson(template, scope);
  const coerced = coerceFields(shape, rendered);
  if (!coerced.ok) return { kind: 'fail', reason: `${node.id}: ${coerced.error.text}` };
  changes.set(stored.id, {
    profile: { ...stored, fields: mergeFields(before.profile.fields, coerced.value) },
    patch: { ...before.patch, ...coerced.value },
  });
  return { kind: 'leave', edge: 'next' };
}

/** A change counts as made by the deepest of the runs that came here for its profile. */
function noteChanges(
  writes: readonly { profile: StoredProfile }[],
  before: readonly JsonObject[],
  runs: readonly WalkingRun[],
  changes: ChangedProfiles,
): void {
  const depths = new Map<string, number>();
  for (const { profileId, depth } of runs) depths.set(profileId, Math.max(depth, depths.get(profileId) ?? 0));
  for (const [index, { profile }] of writes.entries()) {
    const fields = before[index];
    if (fields === undefined || fields === profile.fields) continue;
    const subscriptions: Subscription[] = [];
    const change = {
      profileId: profile.id,
      before: { fields, subscriptions },
      after: { fields: profile.fields, subscriptions },
      enteredSegments: [],
    };
    changes.note(change, depths.get(profile.id) ?? 0);
  }
}

/** One update for the batch. Several runs of one profile are applied in order; a value that does not fit fails its run. */
export const executeUpdateProfile: ExecuteNode<UpdateProfileNode> = async (node, runs, scope) => {
  const shape = await scope.shape();
  const profiles = await scope.profiles();
  const changes = new Map<string, Change>();
  const steps = runs.map((run): NodeStep => {
    const stored = profiles.get(run.profileId);
    if (stored === undefined) return { kind: 'fail', reason: PROFILE_GONE };
    return applyRun(node, run, stored, changes, shape);
  });
  const writes = [...changes].flatMap(([id, { patch }]) => {
    const profile = profiles.get(id);
    return profile === undefined ? [] : [{ profile, patch }];
  });
  const before = writes.map(({ profile }) => profile.fields);
  await changeProfiles(scope.tx, shape, writes, scope.now);
  noteChanges(writes, before, runs, scope.changes);
  return steps;
};
