import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Channel } from '../../profiles/index.ts';
import type { SenderSettings } from '../senders/sender.ts';

export interface SenderRow {
  readonly id: number;
  readonly name: string;
  readonly channel: Channel;
  readonly settings: SenderSettings;
  /** Sealed. */
  readonly secrets: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

async function select(db: Db, rest: RawBuilder<unknown>): Promise<SenderRow[]> {
  const { rows } = await sql<SenderRow>`
    select s.id, s.name, s.channel, s.settings, s.secrets, s.created_at, s.updated_at from sender s ${rest}
  `.execute(db);
  return rows;
}

/** In order of id. */
export function listSenderRows(db: Db): Promise<SenderRow[]> {
  return select(db, sql`order by s.id`);
}

export async function findSenderRow(db: Db, id: number): Promise<SenderRow | undefined> {
  return (await select(db, sql`where s.id = ${id}::int`))[0];
}

/** The same, kept from change until the caller's transaction ends. */
export async function lockSenderRow(tx: Db, id: number): Promise<SenderRow | undefined> {
  return (await select(tx, sql`where s.id = ${id}::int for update`))[0];
}
