import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Channel } from '../../profiles/index.ts';

/** The channels of those of the senders that are there, by id. */
export async function findSenderChannels(db: Db, ids: readonly number[]): Promise<Map<number, Channel>> {
  const { rows } = await sql<{ id: number; channel: Channel }>`
    select id, channel from sender where id = any (${[...ids]}::int[])
  `.execute(db);
  return new Map(rows.map(({ id, channel }) => [id, channel]));
}
