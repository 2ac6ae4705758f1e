import { sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { accounts } from './migrations/0001-accounts.ts';
import { profiles } from './migrations/0002-profiles.ts';
import { workflows } from './migrations/0003-workflows.ts';
import { imports } from './migrations/0004-imports.ts';
import { subscriptions } from './migrations/0005-subscriptions.ts';
import { files } from './migrations/0006-files.ts';
import { resources } from './migrations/0007-resources.ts';
import { triggers } from './migrations/0008-triggers.ts';
import { fieldBuilds } from './migrations/0009-field-builds.ts';
import { runs } from './migrations/0010-runs.ts';
import { budgets } from './migrations/0011-budgets.ts';
import { events } from './migrations/0012-events.ts';
import { messages } from './migrations/0013-messages.ts';
import { bounces } from './migrations/0014-bounces.ts';
import { users } from './migrations/0015-users.ts';
import { figures } from './migrations/0016-figures.ts';
import { publishedBy } from './migrations/0017-published-by.ts';
import { forgottenRows } from './migrations/0018-forgotten-rows.ts';
import type { Db } from './pool.ts';

/** Numbered, forward-only, each run once, all that are due in one transaction; processes that start together take turns. */
const migrations: Record<string, string> = {
  '0001-accounts': accounts,
  '0002-profiles': profiles,
  '0003-workflows': workflows,
  '0004-imports': imports,
  '0005-subscriptions': subscriptions,
  '0006-files': files,
  '0007-resources': resources,
  '0008-triggers': triggers,
  '0009-field-builds': fieldBuilds,
  '0010-runs': runs,
  '0011-budgets': budgets,
  '0012-events': events,
  '0013-messages': messages,
  '0014-bounces': bounces,
  '0015-users': users,
  '0016-figures': figures,
  '0017-published-by': publishedBy,
  '0018-forgotten-rows': forgottenRows,
};

function toMigration(statements: string): Migration {
  return {
    up: async (db) => {
      await sql.raw(statements).execute(db);
    },
  };
}

const provider = {
  getMigrations: async () =>
    Object.fromEntries(Object.entries(migrations).map(([name, text]) => [name, toMigration(text)])),
};

/** Whether every migration of this version of the program was applied. */
export async function isMigrated(db: Db): Promise<boolean> {
  const known = await new Migrator({ db, provider }).getMigrations();
  return known.every((migration) => migration.executedAt !== undefined);
}

/**
 * Brings the schema to this version of the program.
 * @returns the names of the migrations that were applied, none when the schema was current.
 * @throws {Error} when a migration fails (it is rolled back) or the schema is of a newer version of Muster.
 */
export async function migrate(db: Db): Promise<string[]> {
  const { error, results } = await new Migrator({ db, provider }).migrateToLatest();
  if (error !== undefined) throw new Error('the database schema could not be migrated', { cause: error });
  return (results ?? [])
    .filter((result) => result.status === 'Success')
    .map((result) => result.migrationName);
}
