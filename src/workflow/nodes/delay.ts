import { DateTime, Duration, type IANAZone } from 'luxon';
import type { StoredProfile } from '../../profiles/index.ts';
import { MAX_YEARS, momentOf, parseUntil, type Until } from './delay-until.ts';
import type { NodeBase } from './node-base.ts';
import type { NodeReader } from './node-reader.ts';
import { findZone, zoneOf } from './profile-zone.ts';
import type { BatchScope, ExecuteNode, NodeStep } from './walking-run.ts';

export interface DelayNode extends NodeBase {
  readonly type: 'delay';
  /** For how long, or until when. */
  readonly rest:
    | { readonly kind: 'for'; readonly duration: Duration }
    | { readonly kind: 'until'; readonly until: Until };
  /** Of profiles that have none. */
  readonly zone: IANAZone;
}

const UTC = 'UTC';
const TOO_FAR = `the date lies more than ${MAX_YEARS} years ahead`;

/** What is wrong with a duration: not ISO 8601, parts below zero, nothing at all, or longer than ten years. */
function durationFault(duration: Duration): string | undefined {
  if (!duration.isValid) return 'expected an ISO 8601 duration such as PT30M or P1DT12H';
  const parts = Object.values(duration.toObject());
  if (parts.some((part) => part < 0)) return 'expected a duration without negative parts';
  // Months and years have no fixed length, so both ends are laid on the calendar from one day.
  const origin = DateTime.fromMillis(0, { zone: 'utc' });
  const end = origin.plus(duration);
  if (!(end.toMillis() > 0)) return 'expected a duration longer than zero';
  return end > origin.plus({ years: MAX_YEARS }) ? 'expected a duration of at most ten years' : undefined;
}

function parseFor(reader: NodeReader): DelayNode['rest'] | undefined {
  const text = reader.text('for', 'required');
  if (text === undefined) return undefined;
  const duration = Duration.fromISO(text);
  const fault = durationFault(duration);
  if (fault === undefined) return { kind: 'for', duration };
  reader.fault('for', fault);
  return undefined;
}

/** Runs rest before `next` where there is always a moment to wait for, or where those without one go another way. */
function noteHaste(reader: NodeReader, { at, date, time }: Until): void {
  reader.hasty.add('no_date');
  const mayLackMoment = at !== null || date !== null;
  if (mayLackMoment ? reader.edges.no_date === undefined : time === null) reader.hasty.add('next');
}

function parseUntilRest(reader: NodeReader): DelayNode['rest'] | undefined {
  reader.edge('no_date');
  if (reader.value('for') !== undefined) reader.fault('for', '`for` and `until` exclude each other');
  const until = parseUntil(reader);
  if (until === undefined) return undefined;
  if (reader.edges.no_date !== undefined && until.at === null && until.date === null) {
    reader.fault('no_date', 'only a delay until a date has this edge');
  }
  noteHaste(reader, until);
  return { kind: 'until', until };
}

export function parseDelay(reader: NodeReader): DelayNode | undefined {
  reader.edge('next');
  const rest = reader.value('until') === undefined ? parseFor(reader) : parseUntilRest(reader);
  const name = reader.text('zone', 'optional') ?? UTC;
  const zone = findZone(name);
  if (zone === undefined) reader.fault('zone', 'expected a time zone such as Europe/Moscow');
  if (rest === undefined || zone === undefined) return undefined;
  return { id: reader.id, type: 'delay', rest, zone, edges: reader.edges };
}

/** Whether the length depends on the calendar, and so on the zone. */
function hasCalendarParts(duration: Duration): boolean {
  return duration.years + duration.quarters + duration.months + duration.weeks + duration.days > 0;
}

function restUntil(
  node: DelayNode,
  until: Until,
  profile: StoredProfile | undefined,
  { now }: BatchScope,
): NodeStep {
  const hasOtherWay = node.edges.no_date !== undefined;
  const moment = momentOf(until, now, zoneOf(profile, node.zone), profile?.fields);
  if (moment === undefined) return { kind: 'leave', edge: hasOtherWay ? 'no_date' : 'next' };
  if (moment <= now) return { kind: 'leave', edge: 'next' };
  if (moment <= DateTime.fromJSDate(now, { zone: 'utc' }).plus({ years: MAX_YEARS }).toJSDate()) {
    return { kind: 'wait', until: moment };
  }
  return hasOtherWay
    ? { kind: 'leave', edge: 'no_date' }
    : { kind: 'fail', reason: `${node.id}: ${TOO_FAR}` };
}

/**
 * Days, months and years are counted on the calendar of the profile's `_tz`, so that a day keeps the time of day when
 * the clocks change. Profiles are read only where the zone or a field matters; one that is gone has the node's zone.
 */
export const executeDelay: ExecuteNode<DelayNode> = async (node, runs, scope) => {
  const { rest, zone } = node;
  if (rest.kind === 'for' && !hasCalendarParts(rest.duration)) {
    const until = new Date(scope.now.getTime() + rest.duration.toMillis());
    return runs.map(() => ({ kind: 'wait', until }));
  }
  const profiles = await scope.profiles();
  return runs.map(({ profileId }): NodeStep => {
    const profile = profiles.get(profileId);
    if (rest.kind === 'until') return restUntil(node, rest.until, profile, scope);
    const local = DateTime.fromJSDate(scope.now, { zone: zoneOf(profile, zone) });
    return { kind: 'wait', until: local.plus(rest.duration).toJSDate() };
  });
};
