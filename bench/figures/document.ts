import { arch, cpus, platform, totalmem } from 'node:os';
import type { Figure } from './figure.ts';

/** What `--json` prints. */
export interface Document {
  readonly date: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memory_bytes: number;
    readonly platform: string;
  };
  readonly node: string;
  /** Settings as SHOW prints them. */
  readonly postgres: Readonly<Record<string, string>>;
  /** Whether rounds and sizes were cut down, so that the figures are a first look. */
  readonly short: boolean;
  readonly figures: readonly Figure[];
}

/** @param settings of PostgreSQL, as SHOW prints them. */
export function toDocument(
  figures: readonly Figure[],
  settings: Readonly<Record<string, string>>,
  { date, isShort }: { date: Date; isShort: boolean },
): Document {
  const cores = cpus();
  return {
    date: date.toISOString(),
    machine: {
      cpu: cores[0]?.model.trim() ?? 'unknown',
      cores: cores.length,
      memory_bytes: totalmem(),
      platform: `${platform()} ${arch()}`,
    },
    node: process.version,
    postgres: settings,
    short: isShort,
    figures,
  };
}
