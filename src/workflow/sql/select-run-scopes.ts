import { sql } from 'kysely';
import { isJsonObject, type JsonObject, type JsonValue, ownValue } from '../../base/index.ts';
import type { RunScope, RunScopes } from '../../messages/index.ts';

/** As `files` has stored them: `{name, mimetype, file}`. */
function toAttachments(attach: JsonValue): RunScope['attachments'] {
  if (!Array.isArray(attach)) return [];
  return attach.flatMap((one) => {
    const part = (key: string): string => (isJsonObject(one) ? String(ownValue(one, key) ?? '') : '');
    const fileId = part('file');
    return fileId === '' ? [] : [{ fileId, name: part('name'), mimetype: part('mimetype') }];
  });
}

/** See `RunScopes`: of each run that waits for the outcome of that message. */
export const selectRunScopes: RunScopes = async (db, runs) => {
  const { rows } = await sql<{
    id: string;
    own: JsonObject | null;
    root: JsonObject | null;
    saved: JsonObject | null;
    attach: JsonValue;
  }>`
    select r.id, r.content as own, case when r.content is null then c.content end as root, r.saved,
           coalesce(r.attach, c.attach) as attach
      from json_to_recordset(${JSON.stringify(runs)}::json) as k(slot smallint, "runId" text, "messageId" text)
      join run r on r.slot = k.slot and r.id = k."runId" and r.effect_id = k."messageId"
      left join run_context c on c.id = r.context_id
  `.execute(db);
  return new Map(
    rows.map(({ id, own, root, saved, attach }): [string, RunScope] => [
      id,
      { content: { ...(own ?? root ?? {}), ...saved }, attachments: toAttachments(attach) },
    ]),
  );
};
