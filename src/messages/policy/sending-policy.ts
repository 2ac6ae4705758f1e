import { isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';

/** The windows of frequency caps and what each is called. */
export const capWindows = {
  per_hour: 'an hour',
  per_day: 'a day',
  per_week: 'a week',
  per_month: 'a month',
} as const;
export type CapWindow = keyof typeof capWindows;

export interface SendingPolicy {
  readonly caps: Readonly<Partial<Record<CapWindow, number>>>;
  /** Minutes of the day, from 0 to 1439; null = messages are sent at any time. */
  readonly quietHours: { readonly from: number; readonly to: number } | null;
  /** For profiles that do not say where they live. */
  readonly zone: string | null;
}

export const capNames = ['per_hour', 'per_day', 'per_week', 'per_month'] as const;

function readMinutes(value: JsonValue | undefined): number | undefined {
  const [, hours, minutes] = typeof value === 'string' ? (/^(\d\d):(\d\d)$/.exec(value) ?? []) : [];
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes);
}

/** Reads `policy` of a resource; what is not there limits nothing. */
export function readPolicy(policy: JsonObject): SendingPolicy {
  const sent = isJsonObject(policy['caps']) ? policy['caps'] : {};
  const caps: Partial<Record<CapWindow, number>> = {};
  for (const name of capNames) {
    const cap = sent[name];
    if (typeof cap === 'number') caps[name] = cap;
  }
  const quiet = isJsonObject(policy['quiet_hours']) ? policy['quiet_hours'] : {};
  const [from, to] = [readMinutes(quiet['from']), readMinutes(quiet['to'])];
  const zone = policy['zone'];
  return {
    caps,
    quietHours: from === undefined || to === undefined || from === to ? null : { from, to },
    zone: typeof zone === 'string' ? zone : null,
  };
}
