import { DateTime } from 'luxon';
import type { SendingPolicy } from './sending-policy.ts';

const HOUR_MS = 3_600_000;

/**
 * When the quiet hours end that `now` lies in, by the clock on the wall in that zone; undefined = it is not quiet. Hours
 * may go over midnight. An end that the clock leaps over in spring comes as much later as it leaps; one that
 * comes twice in autumn ends the quiet both times.
 */
export function quietUntil(
  quietHours: SendingPolicy['quietHours'],
  zone: string | null,
  now: Date,
): Date | undefined {
  if (quietHours === null) return undefined;
  const { from, to } = quietHours;
  const named = DateTime.fromJSDate(now, { zone: zone ?? 'utc' });
  const local = named.isValid ? named : DateTime.fromJSDate(now, { zone: 'utc' });
  const minute = local.hour * 60 + local.minute;
  const isQuiet = from < to ? minute >= from && minute < to : minute >= from || minute < to;
  if (!isQuiet) return undefined;
  const day = minute < to ? local : local.plus({ days: 1 });
  const end = day.set({ hour: Math.floor(to / 60), minute: to % 60, second: 0, millisecond: 0 }).toJSDate();
  // The first of two ends on the clock has passed, and now lies before the second.
  return end > now ? end : new Date(end.getTime() + HOUR_MS);
}

/** Messages that wait for the same end come within so many milliseconds, each at its own time. */
const SPREAD_MS = 120_000;

export function spreadAfter(end: Date, messageId: string): Date {
  return new Date(end.getTime() + ((Number.parseInt(messageId.slice(-6), 16) * 7_919) % SPREAD_MS));
}
