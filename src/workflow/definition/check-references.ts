import type { JsonObject } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { type Channel, loadShape, type ProfileShape, parseSubscriptions } from '../../profiles/index.ts';
import {
  listSegments,
  MAX_NAMED_FILTER_SEGMENTS,
  namedSegments,
  type Segment,
} from '../../segments/index.ts';
import { fixedValue } from '../nodes/json-template.ts';
import type { DefinitionFault } from '../nodes/node-base.ts';
import type { Node } from '../nodes/node-types.ts';
import type { Trigger } from '../nodes/trigger.ts';
import type { UpdateSubscriptionNode } from '../nodes/update-subscription.ts';
import { findStartTarget } from '../sql/find-start-target.ts';
import type { Definition } from './definition.ts';

/** What nodes may name: all of it belongs to the database of the workflow. */
interface Named {
  readonly tx: Db;
  readonly databaseId: number;
  readonly workflowId: number;
  readonly shape: ProfileShape;
  readonly segments: ReadonlyMap<number, Segment>;
}

/** A fault at a key of the node. */
type Fault = readonly [key: string, message: string];

function resourceFaults(id: number, channel: Channel | null, { shape }: Named): Fault[] {
  const resource = shape.resources.get(id);
  if (resource === undefined) {
    return [['resource_id', `there is no resource ${id}, or the database is not tied to it`]];
  }
  if (channel === null || resource.channels.includes(channel)) return [];
  return [['channel', `resource ${id} does not have the channel ${channel}`]];
}

function segmentFaults(key: string, ids: readonly number[], { segments }: Named): Fault[] {
  return ids.flatMap((id): Fault[] => {
    const segment = segments.get(id);
    if (segment === undefined) return [[key, `the database has no segment ${id}`]];
    if (segment.kind === 'static') return [];
    return [[key, `segment ${id} has a filter: nobody is put into it or taken out`]];
  });
}

/** A filter may name no more filter segments than one statement judges. */
function filterFaults(filter: Parameters<typeof namedSegments>[0], { segments }: Named): Fault[] {
  const ids = namedSegments(filter);
  const faults = ids
    .filter((id) => !segments.has(id))
    .map((id): Fault => ['filter', `the database has no segment ${id}`]);
  const judged = ids.filter((id) => segments.get(id)?.kind === 'filter');
  if (judged.length <= MAX_NAMED_FILTER_SEGMENTS) return faults;
  return [...faults, ['filter', `more than ${MAX_NAMED_FILTER_SEGMENTS} segments that have a filter`]];
}

/** An address in the channel, so that what does not depend on a profile can be judged as an import judges it. */
function sampleContact(channel: Channel): JsonObject {
  if (channel === 'email') return { channel, email: 'someone@example.com' };
  if (channel === 'sms') return { channel, phone: '+12025550123' };
  return channel === 'push'
    ? { channel, provider: 'sample', subscription_id: 'sample' }
    : { channel, cc_data: { id: 1 } };
}

function subscriptionFaults(node: UpdateSubscriptionNode, named: Named): Fault[] {
  const { resourceId, status, priority, customFields } = node;
  const faults = resourceFaults(resourceId, node.channel, named);
  const channel = node.channel ?? named.shape.resources.get(resourceId)?.channels[0];
  if (faults.length > 0 || channel === undefined) return faults;
  // What a template makes is not known yet; that its field can be unset says that the field is there.
  const fixed = [...customFields].map(
    ([name, template]) => [name, fixedValue(template) ?? { action: 'unset' }] as const,
  );
  const sent = {
    ...{ resource_id: resourceId, ...sampleContact(channel), status, priority },
    cats: [...node.addCategories, ...node.removeCategories],
    custom_fields: Object.fromEntries(fixed),
  };
  const parsed = parseSubscriptions(named.shape, [sent], false);
  if (parsed.ok) return [];
  const [, key = 'resource_id', message = ''] =
    /^subscriptions\[0\]\.([^:]+): (.*)$/s.exec(parsed.error.text) ?? [];
  return [[key, message]];
}

async function jumpFaults(id: number, { tx, databaseId }: Named): Promise<Fault[]> {
  const target = await findStartTarget(tx, id);
  if (target === undefined) return [['workflow_id', `there is no workflow ${id}`]];
  if (target.databaseId === databaseId) return [];
  return [['workflow_id', `workflow ${id} belongs to another database`]];
}

function delayFaults(field: string, { shape }: Named): Fault[] {
  const known = shape.fields.get(field);
  if (known === undefined) return [['until.date.field', `the database has no field ${field}`]];
  if (known.type === 'date' || known.type === 'datetime') return [];
  return [['until.date.field', `${field} holds no dates: its type is ${known.type}`]];
}

function triggerFaults({ event, filter }: Trigger, named: Named): Fault[] {
  const faults = filter === null ? [] : filterFaults(filter, named);
  if (event.on === 'segment_entered' && !named.segments.has(event.segmentId)) {
    faults.push(['segment_id', `the database has no segment ${event.segmentId}`]);
  }
  if (event.on === 'subscription_changed' && event.resourceId !== null) {
    faults.push(...resourceFaults(event.resourceId, event.channel, named));
  }
  return faults;
}

async function faultsOf(node: Node, named: Named): Promise<Fault[]> {
  switch (node.type) {
    case 'start':
      return node.trigger === null ? [] : triggerFaults(node.trigger, named);
    case 'condition':
      return filterFaults(node.filter, named);
    case 'delay': {
      const date = node.rest.kind === 'until' ? node.rest.until.date : null;
      return date === null ? [] : delayFaults(date.field, named);
    }
    case 'update_subscription':
      return subscriptionFaults(node, named);
    case 'segment':
      return [...segmentFaults('add', node.add, named), ...segmentFaults('remove', node.remove, named)];
    case 'workflow_jump':
      return node.workflowId === named.workflowId ? [] : jumpFaults(node.workflowId, named);
    default:
      return [];
  }
}

/**
 * What nodes name and is not there, or does not fit: segments, resources with their channels, categories and fields,
 * date fields, workflows to jump to. Later on, what is deleted does no harm to runs but to end or pass them on.
 */
export async function referenceFaults(
  tx: Db,
  workflow: { readonly id: number; readonly databaseId: number },
  definition: Definition,
): Promise<DefinitionFault[]> {
  const { databaseId } = workflow;
  const segments = await listSegments(tx, [databaseId]);
  const named: Named = {
    ...{ tx, databaseId, workflowId: workflow.id, shape: await loadShape(tx, databaseId) },
    segments: new Map(segments.map((segment) => [segment.id, segment])),
  };
  const faults: DefinitionFault[] = [];
  for (const node of definition.nodes.values()) {
    for (const [key, message] of await faultsOf(node, named)) {
      faults.push({ path: `nodes.${node.id}.${key}`, message });
    }
  }
  return faults;
}
