import { createLog } from '../base/index.ts';
import type { Config } from '../config/index.ts';
import { connectEmbedded, type Db, openDb } from '../db/index.ts';

/**
 * The database of this configuration, for a command: the operator's, or the embedded one, running or not.
 * @throws {EmbeddedError} in words for the operator.
 */
export async function openDatabase(config: Config): Promise<{ db: Db; close(): Promise<void> }> {
  const { databaseUrl, dataDir } = config;
  const embedded =
    databaseUrl === undefined ? await connectEmbedded({ dataDir, log: createLog('error') }) : undefined;
  const db = openDb({
    url: databaseUrl ?? embedded?.url ?? '',
    connections: 2,
    // A command ends soon; the statement that meets the fault tells of it.
    onIdleFault: () => {},
  });
  return {
    db,
    close: async () => {
      await db.destroy();
      await embedded?.stop();
    },
  };
}
