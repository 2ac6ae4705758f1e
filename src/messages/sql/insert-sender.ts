import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Channel } from '../../profiles/index.ts';
import type { SenderSettings } from '../senders/sender.ts';

export interface SenderWrite {
  readonly name: string;
  readonly channel: Channel;
  readonly settings: SenderSettings;
  /** Sealed; null = none. */
  readonly secrets: string | null;
  readonly now: Date;
}

/** Returns the id. */
export async function insertSender(db: Db, sender: SenderWrite): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into sender (name, channel, settings, secrets, created_at, updated_at)
    values (${sender.name}::text, ${sender.channel}::text, ${JSON.stringify(sender.settings)}::jsonb,
            ${sender.secrets}::text, ${sender.now}::timestamptz, ${sender.now}::timestamptz)
    returning id`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('insert of a sender returned no row');
  return row.id;
}
