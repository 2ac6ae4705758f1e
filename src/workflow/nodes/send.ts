import { isJsonObject, type JsonObject, ownValue } from '../../base/index.ts';
import { findSendPlan, type SendPlan, type UnknownPolicy, unknownPolicies } from '../../messages/index.ts';
import {
  type Channel,
  channels,
  normalizeEmail,
  normalizePhone,
  type StoredProfile,
  type Subscription,
} from '../../profiles/index.ts';
import type { DefinitionFault, NodeBase } from './node-base.ts';
import type { NodeReader } from './node-reader.ts';
import { type ExecuteNode, type NodeStep, PROFILE_GONE, type WalkingRun } from './walking-run.ts';

export const recipients = ['any', 'subscription', 'profile'] as const;

/** Queues a message of a stored template; the run goes on when its outcome is known. */
export interface SendNode extends NodeBase {
  readonly type: 'send';
  readonly channel: Channel;
  readonly resourceId: number;
  readonly templateId: number;
  /** Null = the resource's sender of that channel. */
  readonly senderId: number | null;
  readonly onUnknown: UnknownPolicy;
  /** Whom it may go to: subscriptions, the profile's own address, or the one and then the other. */
  readonly to: (typeof recipients)[number];
}

export function parseSend(reader: NodeReader): SendNode | undefined {
  for (const edge of ['next', 'no_address', 'error'] as const) reader.edge(edge);
  // Runs of whom there is no address do not rest here.
  for (const edge of ['no_address', 'error']) reader.hasty.add(edge);
  const channel = reader.choice('channel', channels, 'required');
  const resourceId = reader.reference('resource_id', 'required');
  const templateId = reader.reference('template_id', 'required');
  const senderId = reader.reference('sender_id', 'optional') ?? null;
  const onUnknown = reader.choice('on_unknown', unknownPolicies, 'optional') ?? 'repeat';
  const to = reader.choice('to', recipients, 'optional') ?? 'any';
  if (to === 'profile' && channel !== undefined && channel !== 'email' && channel !== 'sms') {
    reader.fault('to', `a profile has no address of its own in the channel ${channel}`);
  }
  if (channel === undefined || resourceId === undefined || templateId === undefined) return undefined;
  const keys = { channel, resourceId, templateId, senderId, onUnknown, to };
  return { id: reader.id, type: 'send', ...keys, edges: reader.edges };
}

type Ready = Pick<SendPlan, 'templates' | 'resources' | 'senders'>;

interface PlanFault {
  /** The key at fault. */
  readonly key: string;
  readonly message: string;
}

/** What of the node's ids keeps any message from being queued; a sender that is not chosen yet is judged apart. */
function referenceFaults(node: SendNode, plan: Ready, databaseId: number): PlanFault[] {
  const { channel, resourceId, templateId, senderId } = node;
  const faults: PlanFault[] = [];
  const resource = plan.resources.get(resourceId);
  const template = plan.templates.get(templateId);
  if (resource === undefined) {
    faults.push({ key: 'resource_id', message: `the database has no resource ${resourceId}` });
  } else if (!resource.channels.includes(channel)) {
    faults.push({ key: 'channel', message: `resource ${resourceId} has no channel ${channel}` });
  }
  if (template === undefined) {
    faults.push({ key: 'template_id', message: `there is no template ${templateId}` });
  } else if (template.channel !== channel) {
    const message = `template ${templateId} is of the channel ${template.channel}`;
    faults.push({ key: 'template_id', message });
  } else if (template.databaseId !== null && template.databaseId !== databaseId) {
    faults.push({ key: 'template_id', message: `template ${templateId} is of another database` });
  }
  if (senderId !== null && !plan.senders.has(senderId)) {
    faults.push({ key: 'sender_id', message: `there is no sender ${senderId}` });
  } else if (senderId !== null && plan.senders.get(senderId) !== channel) {
    const message = `sender ${senderId} is of the channel ${plan.senders.get(senderId)}`;
    faults.push({ key: 'sender_id', message });
  }
  return faults;
}

function asked(nodes: readonly SendNode[], databaseId: number): Parameters<typeof findSendPlan>[1] {
  return {
    databaseId,
    templateIds: nodes.map(({ templateId }) => templateId),
    resourceIds: nodes.map(({ resourceId }) => resourceId),
    senderIds: nodes.flatMap(({ senderId }) => senderId ?? []),
  };
}

/** What keeps a definition with these nodes from being published. Three statements. */
export async function sendFaults(
  db: Parameters<typeof findSendPlan>[0],
  nodes: readonly SendNode[],
  databaseId: number,
): Promise<DefinitionFault[]> {
  if (nodes.length === 0) return [];
  const plan = await findSendPlan(db, asked(nodes, databaseId));
  return nodes.flatMap((node) =>
    referenceFaults(node, plan, databaseId).map(({ key, message }) => {
      return { path: `nodes.${node.id}.${key}`, message };
    }),
  );
}

function addressOf({ channel, ...subscription }: Subscription): string {
  const { email, phone, provider, subscription_id: id, cc_data: other } = subscription;
  if (email !== undefined) return email;
  if (phone !== undefined) return phone;
  return JSON.stringify(provider === undefined ? (other ?? {}) : { provider, subscription_id: id ?? '' });
}

function textIn(filter: JsonObject, key: string): string | undefined {
  const value = ownValue(filter, key);
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** Whether the subscription is the one that the request named; undefined = it named none. */
function wishOf(filter: JsonObject, country: string): ((one: Subscription) => boolean) | undefined {
  const [id, provider] = [textIn(filter, 'subscription_id'), textIn(filter, 'provider')];
  const [email, phone] = [textIn(filter, 'email'), textIn(filter, 'phone')];
  if (id !== undefined) {
    return (one) => one.subscription_id === id && (provider === undefined || one.provider === provider);
  }
  if (email !== undefined) {
    const address = normalizeEmail(email) ?? email;
    return (one) => one.email === address;
  }
  if (phone === undefined) return undefined;
  const number = normalizePhone(phone, country) ?? phone;
  return (one) => one.phone === number;
}

/** The first of those with the highest priority, 0 before 1. */
function bestOf(subscriptions: readonly Subscription[]): Subscription | undefined {
  return subscriptions.reduce<Subscription | undefined>(
    (best, one) => (best === undefined || one.priority < best.priority ? one : best),
    undefined,
  );
}

/** The e-mail or first phone of the profile itself. */
function ownAddress({ fields }: StoredProfile, channel: Channel): string | undefined {
  if (channel === 'email') {
    const email = ownValue(fields, 'email');
    return typeof email === 'string' ? email : undefined;
  }
  const phones = channel === 'sms' ? ownValue(fields, 'phones') : undefined;
  const [first] = Array.isArray(phones) ? phones : [];
  return typeof first === 'string' ? first : undefined;
}

type Recipient = { readonly subscriptionId: string | null; readonly address: string };

/** Whom the message of a run goes to, or why nobody. */
function chooseRecipient(
  node: SendNode,
  profile: StoredProfile,
  { subscriptionFilter }: WalkingRun,
  country: string,
): Recipient | string {
  const { channel, resourceId } = node;
  const ofResource = profile.subscriptions.filter(
    (one) => one.resource_id === resourceId && one.channel === channel,
  );
  const open = ofResource.filter(({ status }) => status === 'subscribed');
  const filter = isJsonObject(subscriptionFilter ?? undefined) ? subscriptionFilter : null;
  const wish = filter === null || node.to === 'profile' ? undefined : wishOf(filter, country);
  const wished = wish === undefined ? undefined : bestOf(open.filter(wish));
  const isStrict = filter !== null && ownValue(filter, 'not_strict') !== true;
  if (wish !== undefined && wished === undefined && isStrict) {
    return 'the profile has no open subscription that fits subscription_filter';
  }
  const chosen = wished ?? (node.to === 'profile' ? undefined : bestOf(open));
  if (chosen !== undefined) return { subscriptionId: chosen.id, address: addressOf(chosen) };
  if (node.to === 'subscription') return 'the profile has no open subscription';
  const address = ownAddress(profile, channel);
  if (address === undefined) return 'the profile has no address';
  const closed = ofResource.find((one) => one.status !== 'subscribed' && addressOf(one) === address);
  return closed === undefined
    ? { subscriptionId: null, address }
    : `the subscription of the profile's own address is ${closed.status}`;
}

/** What all messages of the node have in common, or why none can be queued. */
function planMessage(node: SendNode, plan: Ready, databaseId: number) {
  const { channel, resourceId, templateId, onUnknown } = node;
  const [fault] = referenceFaults(node, plan, databaseId);
  if (fault !== undefined) return fault.message;
  const template = plan.templates.get(templateId);
  const senderId = node.senderId ?? plan.resources.get(resourceId)?.senders[channel];
  if (template === undefined || senderId === undefined) {
    return `resource ${resourceId} has no sender of the channel ${channel}`;
  }
  const senderChannel = plan.senders.get(senderId);
  if (senderChannel === undefined) return `there is no sender ${senderId}`;
  if (senderChannel !== channel) return `sender ${senderId} is of the channel ${senderChannel}`;
  return { channel, resourceId, templateId, templateVersion: template.version, senderId, onUnknown };
}

/** Chooses a recipient for each run and queues its message; three statements beside the profiles. */
export const executeSend: ExecuteNode<SendNode> = async (node, runs, scope) => {
  const { tx, databaseId } = scope;
  const planned = planMessage(node, await findSendPlan(tx, asked([node], databaseId)), databaseId);
  if (typeof planned === 'string') {
    return runs.map((): NodeStep => ({ kind: 'leave', edge: 'error', detail: planned }));
  }
  const profiles = await scope.profiles();
  const { database } = await scope.shape();
  return runs.map((run): NodeStep => {
    const profile = profiles.get(run.profileId);
    if (profile === undefined) return { kind: 'fail', reason: PROFILE_GONE };
    const recipient = chooseRecipient(node, profile, run, database.phoneCountry);
    if (typeof recipient === 'string') return { kind: 'leave', edge: 'no_address', detail: recipient };
    return { kind: 'message', message: { ...planned, ...recipient } };
  });
};
