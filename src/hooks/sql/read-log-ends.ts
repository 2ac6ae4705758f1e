import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface LogEnds {
  /** The last position that was given; 0 = none. */
  readonly last: number;
  /** The last position that was deleted; 0 = none. */
  readonly purged: number;
}

/** Every position up to `last` can be read by the statements that come after this one. */
export async function readLogEnds(db: Db): Promise<LogEnds> {
  const { rows } = await sql<LogEnds>`
    select last_position as last, purged_position as purged from event_log where id = 1
  `.execute(db);
  return rows[0] ?? { last: 0, purged: 0 };
}
