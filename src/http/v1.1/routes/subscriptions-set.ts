import { type JsonValue, MusterError } from '../../../base/index.ts';
import type { Db } from '../../../db/index.ts';
import { type ImportedRow, importNow, importRules } from '../../../importer/index.ts';
import { getProfile, type ProfileShape, subscriptionIdsOf } from '../../../profiles/index.ts';
import { beginChange } from '../dedup.ts';
import { dataText, successText } from '../envelope.ts';
import { authorizeImport, forecastOf, importDeps, isDryRun } from '../import-call.ts';
import type { ApiMethod } from '../method.ts';
import { failure, setSubscriptionsAnswer, setSubscriptionsBody } from '../schemas.ts';
import { toUpdate } from '../subscription-body.ts';

const rules = importRules.setSubscriptions;

/** @throws {MusterError} with the fault of the profile; 404 or 409 when a filter finds none or several. */
function onlyProfile(rows: readonly ImportedRow[]): string {
  const [row, ...others] = rows;
  const field = 'custom_request';
  if (row === undefined) throw new MusterError(404, { field, detail: `${field}: there is no such profile` });
  if (others.length > 0) throw new MusterError(409, { field, detail: `${field}: several profiles match` });
  if (row.ok) return row.profileId;
  const { code, text, field: key } = row.fault;
  throw new MusterError(code, { detail: text, ...(key === undefined ? {} : { field: key }) });
}

/** With the ids of the subscriptions in the order of the request. */
async function print(tx: Db, shape: ProfileShape, profileId: string, sent: JsonValue): Promise<string> {
  const profile = await getProfile(tx, shape.database.id, profileId);
  const ids = subscriptionIdsOf(shape, profile?.subscriptions ?? [], sent);
  const [first] = ids;
  return successText({
    profile_id: profileId,
    hash_id: first ?? null,
    ...(ids.length > 1 ? { hash_ids: ids } : {}),
  });
}

/** Adds or changes subscriptions by the way of an import, so that order, triggers and repeats are those of one. */
export const subscriptionsSet: ApiMethod = {
  name: rules.method,
  rights: ['import'],
  schema: {
    tags: ['v1.1'],
    summary: 'Add or change subscriptions of one profile',
    body: setSubscriptionsBody,
    response: { 200: { anyOf: [setSubscriptionsAnswer, failure] } },
  },
  handle: async (call) => {
    const { body, subscriptions } = toUpdate(call.body);
    const authorize = authorizeImport(call);
    if (isDryRun(call)) {
      const { rows } = await importNow(
        importDeps(call.deps),
        call.token,
        body,
        rules,
        authorize,
        async () => {},
      );
      return dataText(forecastOf(rows));
    }
    const keep = await beginChange(call, rules.method);
    let answer = '';
    await importNow(importDeps(call.deps), call.token, body, rules, authorize, async (tx, rows, shape) => {
      answer = await print(tx, shape, onlyProfile(rows), subscriptions);
      await keep(tx, answer);
    });
    return answer;
  },
};
