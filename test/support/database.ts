import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { type Db, openDb } from '../../src/db/index.ts';
import {
  dropDatabase,
  openAdmin,
  startTemplateServer,
  type TemplateServer,
  urlOfDatabase,
} from './template-server.ts';

export interface TestDatabase {
  readonly db: Db;
  readonly url: string;
  /** Closes `db`, ends every other session on it and drops the database. */
  drop(): Promise<void>;
}

/** A file uses few at a time, and the server has to do for all files and the processes that they start. */
const CONNECTIONS = 8;

let server: Promise<Pick<TemplateServer, 'url' | 'template'>> | undefined;

/** For a file that runs without `npm test`: a server of its own, gone when nothing is left to do in this process. */
async function startOwnServer(): Promise<TemplateServer> {
  const own = await startTemplateServer(process.env['DATABASE_URL']);
  process.once('beforeExit', () => void own.stop());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void own.stop().finally(() => process.kill(process.pid, signal)));
  }
  return own;
}

async function findServer(): Promise<Pick<TemplateServer, 'url' | 'template'>> {
  const url = process.env['MUSTER_TEST_SERVER_URL'];
  const template = process.env['MUSTER_TEST_TEMPLATE'];
  return url === undefined || template === undefined ? await startOwnServer() : { url, template };
}

/** A database of the test's own with the schema of today and no rows, cloned from the migrated template. */
export async function createTestDatabase(): Promise<TestDatabase> {
  server ??= findServer();
  const { url: serverUrl, template } = await server;
  const name = `${template}_${randomBytes(6).toString('hex')}`;
  const withAdmin = async (work: (admin: Db) => Promise<unknown>): Promise<void> => {
    const admin = openAdmin(serverUrl);
    try {
      await work(admin);
    } finally {
      await admin.destroy();
    }
  };
  await withAdmin((admin) =>
    sql`create database ${sql.id(name)} template ${sql.id(template)}`.execute(admin),
  );
  const url = urlOfDatabase(serverUrl, name);
  // A connection that breaks fails the statement that uses it; the test sees that.
  const db = openDb({ url, connections: CONNECTIONS, onIdleFault: () => {} });
  return {
    db,
    url,
    drop: async () => {
      await db.destroy();
      await withAdmin((admin) => dropDatabase(admin, name));
    },
  };
}
