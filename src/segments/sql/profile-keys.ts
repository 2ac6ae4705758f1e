import { slotOf } from '../../base/index.ts';

/** The rows of `json_to_recordset(…) as k(id text, slot smallint)` for these profiles, each once. */
export function profileKeys(profileIds: Iterable<string>): string {
  return JSON.stringify([...new Set(profileIds)].map((id) => ({ id, slot: slotOf(id) })));
}
