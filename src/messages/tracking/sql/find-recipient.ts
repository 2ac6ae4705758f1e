import { sql } from 'kysely';
import type { JsonValue } from '../../../base/index.ts';
import type { Db } from '../../../db/index.ts';
import type { MessageRef } from '../links.ts';

/** Whom a message went to, as the page says it where one unsubscribes. */
export interface Recipient {
  /** Null = erased with its profile. */
  readonly address: string | null;
  readonly resourceName: string;
  /** The field `language`, `lang` or `_lang` of the profile, whatever it holds. */
  readonly language: JsonValue;
}

/** The recipient of a message, or undefined when the message is not kept any more. */
export async function findRecipient(db: Db, message: MessageRef): Promise<Recipient | undefined> {
  const { rows } = await sql<{ address: string | null; name: string | null; language: JsonValue }>`
    select m.address, r.name,
           coalesce(p.fields -> 'language', p.fields -> 'lang', p.fields -> '_lang') as language
      from message m
      left join resource r on r.id = m.resource_id
      left join profile p on p.slot = m.slot and p.database_id = m.database_id and p.id = m.profile_id
     where m.slot = ${message.slot}::smallint and m.id = ${message.id}::text
  `.execute(db);
  const [row] = rows;
  if (row === undefined) return undefined;
  return { address: row.address, resourceName: row.name ?? '', language: row.language };
}
