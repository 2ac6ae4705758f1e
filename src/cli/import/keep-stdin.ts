import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { newUuid, toError } from '../../base/index.ts';
import { CliError, Interrupted } from '../cli-error.ts';

/**
 * Writes standard input to a file in this folder, since an import reads its rows again when it is resumed, and for those
 * that failed.
 * @returns its path; the caller deletes it when nothing is to be resumed.
 */
export async function keepStdin(stdin: Readable, signal: AbortSignal): Promise<string> {
  const path = `muster-stdin-${newUuid().slice(0, 8)}`;
  try {
    await pipeline(stdin, createWriteStream(path, { mode: 0o600, flags: 'wx' }), { signal });
    return path;
  } catch (thrown) {
    await rm(path, { force: true });
    if (signal.aborted) throw new Interrupted('Stopped. Nothing was sent.');
    throw new CliError(`standard input cannot be kept in ${path}: ${toError(thrown).message}`);
  }
}
