import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { toError } from '../../base/index.ts';
import { CliError, Interrupted } from '../cli-error.ts';
import { ServerRefusal } from '../remote/server-refusal.ts';
import type { Shell } from '../shell.ts';

/** Writes to a file that only its owner may read, or to standard output. */
export async function pourOutput(
  { terminal }: Shell,
  path: string | undefined,
  pieces: AsyncIterable<string>,
): Promise<void> {
  if (path === undefined) return terminal.pour(pieces);
  try {
    await pipeline(Readable.from(pieces), createWriteStream(path, { mode: 0o600 }));
  } catch (thrown) {
    const isKnown = [CliError, ServerRefusal, Interrupted].some((known) => thrown instanceof known);
    if (isKnown) throw thrown;
    throw new CliError(`${path} cannot be written: ${toError(thrown).message}`);
  }
}
