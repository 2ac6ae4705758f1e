import { sql } from 'kysely';
import type { Db } from '../pool.ts';

/** What PostgreSQL says of itself; times in seconds. */
export interface ServerFacts {
  /** As 150004. */
  readonly version: number;
  readonly now: Date;
  readonly unsafeSettings: readonly string[];
  readonly connections: number;
  readonly maxConnections: number;
  readonly oldestTransaction: number;
  readonly isStandby: boolean;
}

/** One statement. `oldestTransaction` covers the sessions that this role may see. */
export async function readServerFacts(db: Db): Promise<ServerFacts> {
  const { rows } = await sql<ServerFacts>`
    select current_setting('server_version_num')::int as version,
           clock_timestamp() as now,
           array(select s.name || ' = ' || s.setting from pg_settings s
                  where s.name in ('fsync', 'synchronous_commit', 'full_page_writes') and s.setting = 'off'
                  order by s.name) as "unsafeSettings",
           (select count(*) from pg_stat_activity a where a.backend_type = 'client backend')::int as connections,
           current_setting('max_connections')::int as "maxConnections",
           coalesce((select extract(epoch from clock_timestamp() - min(a.xact_start))
                       from pg_stat_activity a where a.pid <> pg_backend_pid()), 0)::float8 as "oldestTransaction",
           pg_is_in_recovery() as "isStandby"
  `.execute(db);
  const [facts] = rows;
  if (facts === undefined) throw new Error('PostgreSQL said nothing of itself');
  return facts;
}
