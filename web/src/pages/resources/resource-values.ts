import type { ResourceObject } from '../../../../src/http/admin/resource-contract.ts';

export const channels = ['email', 'sms', 'push', 'notify', 'viber', 'whatsapp', 'telegram_bot'] as const;
export type Channel = (typeof channels)[number];
export const caps = ['per_hour', 'per_day', 'per_week', 'per_month'] as const;

/** The form of a resource: as its fields hold it. */
export interface ResourceValues {
  readonly name: string;
  readonly databases: string[];
  readonly channels: string[];
  readonly categories: string[];
  readonly senders: Partial<Record<Channel, number | null>>;
  readonly caps: Partial<Record<(typeof caps)[number], number | ''>>;
  readonly quietFrom: string;
  readonly quietTo: string;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

export function toValues(resource: ResourceObject | undefined): ResourceValues {
  const policy: unknown = resource?.policy;
  const limits = isRecord(policy) && isRecord(policy['caps']) ? policy['caps'] : {};
  const quiet = isRecord(policy) && isRecord(policy['quiet_hours']) ? policy['quiet_hours'] : {};
  return {
    name: resource?.name ?? '',
    databases: (resource?.databases ?? []).map(String),
    channels: [...(resource?.channels ?? ['email'])],
    categories: [...(resource?.categories ?? [])],
    senders: { ...resource?.senders },
    caps: Object.fromEntries(caps.map((cap) => [cap, typeof limits[cap] === 'number' ? limits[cap] : ''])),
    quietFrom: typeof quiet['from'] === 'string' ? quiet['from'] : '',
    quietTo: typeof quiet['to'] === 'string' ? quiet['to'] : '',
  };
}

/** The body of a request; what is empty is left out. */
export function toBody(values: ResourceValues): Record<string, unknown> {
  const limits = Object.entries(values.caps).filter(([, limit]) => typeof limit === 'number');
  const senders = Object.entries(values.senders).filter(
    ([channel, id]) => typeof id === 'number' && values.channels.includes(channel),
  );
  const hasQuiet = values.quietFrom !== '' && values.quietTo !== '';
  return {
    name: values.name.trim(),
    databases: values.databases.map(Number),
    channels: values.channels,
    categories: values.categories,
    senders: Object.fromEntries(senders),
    policy: {
      ...(limits.length === 0 ? {} : { caps: Object.fromEntries(limits) }),
      ...(hasQuiet ? { quiet_hours: { from: values.quietFrom, to: values.quietTo } } : {}),
    },
  };
}
