import { sql } from 'kysely';

/** What filters see of a stored profile, an expression over `profile p`; of a changed one it is `toDocument`. */
export const profileDocument = sql`p.fields`;
