import { DateTime, Duration } from 'luxon';
import { findMessageFacts, type MessageFacts } from '../../messages/index.ts';
import type { NodeBase } from './node-base.ts';
import type { NodeReader } from './node-reader.ts';
import type { ExecuteNode, NodeStep } from './walking-run.ts';

const messageEvents = ['delivered', 'opened', 'clicked', 'reply'] as const;
export type MessageEvent = (typeof messageEvents)[number];
export const waitedEvents = [...messageEvents, 'profile_updated', 'custom'] as const;

const MAX_TIMEOUT_YEARS = 1;

export interface WaitEventNode extends NodeBase {
  readonly type: 'wait_event';
  readonly wait: /** `sendNode` = the node whose latest message it is; null = the run's latest of any node. */
    | { readonly of: 'message'; readonly event: MessageEvent; readonly sendNode: string | null }
    /** `profile_updated`, or `custom` and its name, as runs keep it. */
    | { readonly of: 'profile'; readonly event: string };
  readonly timeout: Duration;
}

/** How runs keep an event of the user's own. */
export function customEvent(name: string): string {
  return `custom ${name}`;
}

function timeoutFault(timeout: Duration): string | undefined {
  if (!timeout.isValid) return 'expected an ISO 8601 duration such as PT30M or P3D';
  if (Object.values(timeout.toObject()).some((part) => part < 0)) {
    return 'expected a duration without negative parts';
  }
  // Months and years have no fixed length, so both ends are laid on the calendar from one day.
  const origin = DateTime.fromMillis(0, { zone: 'utc' });
  const end = origin.plus(timeout);
  if (!(end.toMillis() > 0)) return 'expected a duration longer than zero';
  return end > origin.plus({ years: MAX_TIMEOUT_YEARS })
    ? 'expected a duration of at most one year'
    : undefined;
}

function parseTimeout(reader: NodeReader): Duration | undefined {
  const text = reader.text('timeout', 'required');
  if (text === undefined) return undefined;
  const timeout = Duration.fromISO(text);
  const fault = timeoutFault(timeout);
  if (fault === undefined) return timeout;
  reader.fault('timeout', fault);
  return undefined;
}

function parseWait(reader: NodeReader): WaitEventNode['wait'] | undefined {
  const event = reader.choice('event', waitedEvents, 'required');
  const [name, node] = [reader.value('name'), reader.value('node')];
  if (event === undefined) return undefined;
  if (event !== 'custom' && name !== undefined) reader.fault('name', 'only a custom event has a name');
  if (event === 'custom' || event === 'profile_updated') {
    if (node !== undefined) reader.fault('node', 'only events of a message belong to a node');
    if (event === 'profile_updated') return { of: 'profile', event };
    if (typeof name === 'string' && /^[A-Za-z0-9_.-]{1,64}$/.test(name)) {
      return { of: 'profile', event: customEvent(name) };
    }
    reader.fault('name', 'expected 1 to 64 letters, digits, _, . or -');
    return undefined;
  }
  if (node === undefined || node === null) return { of: 'message', event, sendNode: null };
  if (typeof node === 'string') return { of: 'message', event, sendNode: node };
  reader.fault('node', 'expected the id of a send node');
  return undefined;
}

export function parseWaitEvent(reader: NodeReader): WaitEventNode | undefined {
  reader.edge('next');
  reader.edge('timed_out');
  const wait = parseWait(reader);
  const timeout = parseTimeout(reader);
  // What the recipient has done already is not waited for, nor is a message that there is not.
  if (wait?.of === 'message') for (const edge of ['next', 'timed_out']) reader.hasty.add(edge);
  if (wait === undefined || timeout === undefined) return undefined;
  return { id: reader.id, type: 'wait_event', wait, timeout, edges: reader.edges };
}

function hasHappened(event: MessageEvent, facts: MessageFacts): boolean {
  switch (event) {
    case 'delivered':
      return facts.delivered;
    case 'opened':
      return facts.opened;
    case 'clicked':
      return facts.clicked;
    case 'reply':
      return facts.replied;
  }
}

/**
 * Goes on at once where the event of the message has been told already; whoever tells one locks the run first, so that
 * none falls between this look and the rest. Without a message there is nothing to wait for.
 */
export const executeWaitEvent: ExecuteNode<WaitEventNode> = async (node, runs, { tx, now }) => {
  const { wait } = node;
  const until = DateTime.fromJSDate(now, { zone: 'utc' }).plus(node.timeout).toJSDate();
  if (wait.of === 'profile') {
    return runs.map((): NodeStep => ({ kind: 'wait_event', event: wait.event, messageId: null, until }));
  }
  const keys = runs.map(({ slot, id }) => ({ slot, runId: id }));
  const facts = await findMessageFacts(tx, keys, wait.sendNode);
  return runs.map((run): NodeStep => {
    const message = facts.get(run.id);
    if (message === undefined) {
      return { kind: 'leave', edge: 'timed_out', detail: 'the run has sent no message' };
    }
    if (hasHappened(wait.event, message)) {
      return { kind: 'leave', edge: 'next', detail: `${wait.event} of message ${message.id}` };
    }
    return { kind: 'wait_event', event: wait.event, messageId: message.id, until };
  });
};
