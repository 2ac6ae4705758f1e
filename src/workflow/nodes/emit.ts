import { isJsonObject } from '../../base/index.ts';
import { eventTypes } from '../../hooks/index.ts';
import { type JsonTemplate, renderJson } from './json-template.ts';
import type { NodeBase } from './node-base.ts';
import type { NodeReader } from './node-reader.ts';
import { type ExecuteNode, type NodeStep, PROFILE_GONE, templateScope } from './walking-run.ts';

/** Tells hooks and the feed an event of the user's own. */
export interface EmitNode extends NodeBase {
  readonly type: 'emit';
  readonly event: string;
  /** The keys of `event_data`. */
  readonly data: ReadonlyMap<string, JsonTemplate>;
}

const taken: readonly string[] = eventTypes;

function parseEvent(reader: NodeReader): string | undefined {
  const event = reader.text('event', 'required');
  if (event === undefined) return undefined;
  if (!/^[a-z][a-z0-9_.]{0,63}$/.test(event)) {
    reader.fault('event', 'expected a name of small letters, digits, _ and ., at most 64, a letter first');
  } else if (taken.includes(event)) reader.fault('event', 'Muster has an event of this name');
  return event;
}

export function parseEmit(reader: NodeReader): EmitNode | undefined {
  reader.edge('next');
  const event = parseEvent(reader);
  const object = reader.value('data') ?? {};
  if (!isJsonObject(object)) {
    reader.fault('data', 'expected an object');
    return undefined;
  }
  const data = new Map<string, JsonTemplate>();
  for (const [key, value] of Object.entries(object)) {
    data.set(key, reader.jsonTemplate(`data.${key}`, value));
  }
  return event === undefined ? undefined : { id: reader.id, type: 'emit', event, data, edges: reader.edges };
}

/** The events are written with the batch. */
export const executeEmit: ExecuteNode<EmitNode> = async (node, runs, scope) => {
  const profiles = await scope.profiles();
  return runs.map((run): NodeStep => {
    const profile = profiles.get(run.profileId);
    if (profile === undefined) return { kind: 'fail', reason: PROFILE_GONE };
    const variables = templateScope(profile, run, scope.now);
    const email = profile.fields['email'];
    scope.events.push({
      type: node.event,
      profileId: profile.id,
      email: typeof email === 'string' ? email : null,
      workflowId: scope.workflowId,
      resourceId: null,
      data: Object.fromEntries([...node.data].map(([key, value]) => [key, renderJson(value, variables)])),
      customData: run.customData,
      subscription: null,
    });
    scope.raised.push({ profileId: profile.id, name: node.event });
    return { kind: 'leave', edge: 'next' };
  });
};
