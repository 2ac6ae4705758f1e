import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { createLog } from '../../src/base/index.ts';
import { type Db, migrate, openDb, startEmbedded } from '../../src/db/index.ts';

/** A PostgreSQL with a migrated database that tests clone. */
export interface TemplateServer {
  /** Of a database from which others may be created and dropped. */
  readonly url: string;
  /** The migrated database; the names of its clones begin with it. Nobody may be connected to it. */
  readonly template: string;
  /** Drops the template and every clone that is left, and stops the server if it was started here. */
  stop(): Promise<void>;
}

/** Nothing here has to outlive a power cut. */
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
};

/** A handle for a statement or two; what breaks while nobody uses it does not matter to it. */
export function openAdmin(url: string): Db {
  return openDb({ url, connections: 1, onIdleFault: () => {} });
}

/** The URL of another database on the same server. */
export function urlOfDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function startTemporary(): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-test-'));
  // For root, PostgreSQL runs as another account, which has to get in.
  await chmod(folder, 0o755);
  const removeFolder = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 10 });
  try {
    const log = createLog('warn');
    const server = await startEmbedded({ dataDir: folder, log, settings: SETTINGS });
    const stop = async (): Promise<void> => {
      await server.stop();
      await removeFolder();
    };
    return { url: server.url, stop };
  } catch (fault) {
    await removeFolder();
    throw fault;
  }
}

async function createTemplate(serverUrl: string, template: string): Promise<void> {
  const admin = openAdmin(serverUrl);
  try {
    await sql`create database ${sql.id(template)}`.execute(admin);
  } finally {
    await admin.destroy();
  }
  const db = openAdmin(urlOfDatabase(serverUrl, template));
  try {
    await migrate(db);
  } finally {
    await db.destroy();
  }
}

/**
 * Ends the sessions of this user on the database and drops it. Not `with (force)`: that wants to end a worker of
 * autovacuum too, which only some users may. Without it PostgreSQL sends such a worker away by itself and waits.
 */
export async function dropDatabase(admin: Db, name: string): Promise<void> {
  await sql`
    select pg_terminate_backend(pid) from pg_stat_activity
     where datname = ${name}::text and usename = current_user`.execute(admin);
  await sql`drop database if exists ${sql.id(name)}`.execute(admin);
}

async function dropAll(serverUrl: string, template: string): Promise<void> {
  const admin = openAdmin(serverUrl);
  try {
    const { rows } = await sql<{ name: string }>`
      select datname as name from pg_database where starts_with(datname, ${template}::text)`.execute(admin);
    for (const { name } of rows) await dropDatabase(admin, name);
  } finally {
    await admin.destroy();
  }
}

/**
 * Makes the template on the server of `databaseUrl`, whose user must be allowed to create databases, or without one on
 * an embedded PostgreSQL that lives as long as the tests.
 */
export async function startTemplateServer(databaseUrl: string | undefined): Promise<TemplateServer> {
  const server =
    databaseUrl === undefined ? await startTemporary() : { url: databaseUrl, stop: async () => {} };
  const template = `muster_test_${randomBytes(4).toString('hex')}`;
  const stop = async (): Promise<void> => {
    try {
      // A server of our own goes with all it holds.
      if (databaseUrl !== undefined) await dropAll(server.url, template);
    } finally {
      await server.stop();
    }
  };
  try {
    await createTemplate(server.url, template);
  } catch (fault) {
    await stop();
    throw fault;
  }
  return { url: server.url, template, stop };
}
