import type { Document } from './document.ts';
import type { Figure, Reach, Reading, Unit } from './figure.ts';

function grouped(value: number, digits = 0): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Small times keep the digits that tell them apart. */
export function printValue(value: number, unit: Unit): string {
  if (unit === 'ratio') return value.toFixed(2);
  if (unit === '/s') return `${grouped(value)}/s`;
  if (unit === 'MB') return `${grouped(value)} MB`;
  const digits = value < 1 ? 2 : value < 20 ? 1 : 0;
  return `${grouped(value, digits)} ms`;
}

function printReach(reach: Reach, unit: Unit): string {
  return `${reach.bound === 'least' ? '≥' : '≤'} ${printValue(reach.value, unit)}`;
}

export function printVerdict({ reach, unit, met }: Figure): string {
  return reach === null ? '' : `${printReach(reach, unit)} ${met ? 'met' : 'not met'}`;
}

export function printReading({ label, unit, stats, perSecond }: Reading): string {
  const rate = perSecond === undefined ? '' : ` (${grouped(perSecond)}/s)`;
  return `${label} ${printValue(stats.median, unit)}${rate}`.trim();
}

/** Machine, versions, settings and date in two lines. */
export function printSetting({ date, machine, node, postgres, short }: Document): string[] {
  const { server_version: version = 'unknown', ...settings } = postgres;
  const shown = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  const gigabytes = (machine.memory_bytes / 2 ** 30).toFixed(1);
  return [
    `${date.slice(0, 10)}, ${machine.cores} cores (${machine.cpu}), ${gigabytes} GiB, ${machine.platform}, Node ${node.slice(1)}, PostgreSQL ${version}`,
    shown.join(', '),
    ...(short ? ['Short form: three rounds and small sizes, for a first look; not to be compared.'] : []),
  ];
}
