import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { locateBinaries } from './binaries.ts';
import { ensurePassword } from './cluster.ts';
import { settlePlace } from './place.ts';
import { adoptPostmaster, urlOf } from './postmaster.ts';
import { type EmbeddedOptions, startEmbedded } from './start-embedded.ts';

/**
 * A way to the embedded server for a second program: to the one that a Muster of this data folder has running, else to
 * one that is started for as long as it is needed.
 * @returns its address, and what gives it up: that stops only what was started here.
 * @throws {EmbeddedError} in words for the operator when it cannot serve.
 */
export async function connectEmbedded(
  options: EmbeddedOptions,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const dataDir = await realpath(options.dataDir).catch(() => undefined);
  if (dataDir !== undefined) {
    const { cluster } = await settlePlace(dataDir, await locateBinaries(), options.log);
    const password = await ensurePassword(join(dataDir, 'postgres.password'));
    const port = await adoptPostmaster(cluster, password);
    if (port !== undefined) return { url: urlOf(port, password), stop: async () => {} };
  }
  return startEmbedded(options);
}
