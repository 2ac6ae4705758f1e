import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createLog } from '../../src/base/index.ts';
import { startEmbedded } from '../../src/db/index.ts';

/** What makes a commit survive a power cut. A figure without them would be worth nothing. */
const DURABLE = ['fsync', 'synchronous_commit', 'full_page_writes'] as const;
/** What else one wants to know to compare two figures. */
const TOLD = ['server_version', 'shared_buffers', 'wal_level', 'max_wal_size'] as const;

export interface BenchPostgres {
  /** Of its maintenance database; each measurement makes one of its own beside it. */
  readonly url: string;
  /** As SHOW prints them. */
  readonly settings: Readonly<Record<string, string>>;
  /** Stops it and removes its folder. */
  stop(): Promise<void>;
}

async function showSettings(url: string): Promise<Record<string, string>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const settings: Record<string, string> = {};
    for (const name of [...TOLD, ...DURABLE]) {
      const { rows } = await client.query<Record<string, string>>(`show ${name}`);
      settings[name] = rows[0]?.[name] ?? '';
    }
    return settings;
  } finally {
    await client.end();
  }
}

/** A folder for an embedded PostgreSQL. */
export async function makeDataFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-bench-'));
  // Root's PostgreSQL runs as another user, which must get in; the cluster inside is its own alone.
  await chmod(folder, 0o755);
  return { folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 10 }) };
}

/**
 * Starts an embedded PostgreSQL with its own settings in a temporary folder.
 * @throws {Error} when those settings are not durable.
 */
export async function startBenchPostgres(): Promise<BenchPostgres> {
  const { folder, remove } = await makeDataFolder();
  try {
    const server = await startEmbedded({ dataDir: folder, log: createLog('warn') });
    const stop = async (): Promise<void> => {
      try {
        await server.stop();
      } finally {
        await remove();
      }
    };
    try {
      const settings = await showSettings(server.url);
      const lax = DURABLE.filter((name) => settings[name] !== 'on');
      if (lax.length > 0) throw new Error(`PostgreSQL is not durable: ${lax.join(', ')} must be on`);
      return { url: server.url, settings, stop };
    } catch (fault) {
      await stop();
      throw fault;
    }
  } catch (fault) {
    await remove();
    throw fault;
  }
}
