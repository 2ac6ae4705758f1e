import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** The ids of the active owners, who cannot be changed by others until the transaction ends. */
export async function lockOwners(tx: Db): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id
    from user_account
    where role = 'owner' and disabled_at is null
    order by id
    for update
  `.execute(tx);
  return rows.map(({ id }) => id);
}
