import { type RawBuilder, sql } from 'kysely';

/** What statements of any outbox with shares ask of it; its rows have `slot`, `id`, `share`, `due_at`. */
export interface OutboxTable {
  readonly name: 'api_call' | 'message';
  /** The column that says where a row goes, and its type. */
  readonly place: 'host' | 'sender_id';
  readonly placeType: 'text' | 'int';
}

/** See `run.share`. */
export const SHARES = 16;

const types: Readonly<Record<OutboxTable['placeType'], RawBuilder<unknown>>> = {
  text: sql`text`,
  int: sql`int`,
};

/** A place as a value that compares with the column. */
export function placeValue({ placeType }: OutboxTable, place: string): RawBuilder<unknown> {
  return sql`${place}::${types[placeType]}`;
}
