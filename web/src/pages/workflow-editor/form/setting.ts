import type { Schema } from './schema.ts';

export interface SettingProps {
  readonly name: string;
  readonly schema: Schema;
  readonly value: unknown;
  /** undefined takes the setting away. */
  readonly onChange: (value: unknown) => void;
  readonly databaseId: number;
  /** Of the nodes that send. */
  readonly sendNodes: readonly string[];
  readonly channel: string | undefined;
  /** By path below the setting; '' = of the setting itself. */
  readonly faults: Readonly<Record<string, string>>;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
