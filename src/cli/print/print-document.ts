import type { Terminal } from '../shell.ts';

/** One JSON document on standard output. */
export function printDocument({ out }: Terminal, value: unknown): void {
  out(`${JSON.stringify(value, null, 2)}\n`);
}
