import { MusterError } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import type { BuildOrder } from './field-builds.ts';
import { insertBuild } from './sql/insert-build.ts';
import { findOpenBuild } from './sql/list-builds.ts';
import { redirectBuild } from './sql/redirect-build.ts';

/** What is declared of a field, as far as something is stored for it. */
export interface Declared {
  readonly match: boolean;
  readonly unique: boolean;
}

/** What is to be done after a change: undefined = nothing. */
function orderOf(before: Declared, after: Declared): BuildOrder | undefined {
  const had = before.match || before.unique;
  const has = after.match || after.unique;
  if (before.unique && !after.unique) return { what: 'unique', state: 'clearing', fault: null };
  if (had && !has) return { what: 'match', state: 'clearing', fault: null };
  if (after.unique && !before.unique) return { what: 'unique', state: 'running', fault: null };
  return has && !had ? { what: 'match', state: 'running', fault: null } : undefined;
}

/**
 * Orders what a change of declarations makes necessary. A build of the field that is under way is redirected, so that
 * there is one at a time. The caller has locked the database, and writes the field.
 * @param target `fieldId` null = unique e-mail; `key` as the setting is called where that is not `match` or `unique`.
 * @returns what `indexed` of the field has become.
 * @throws {MusterError} 409 while what was stored for the field before is being removed.
 */
export async function orderBuild(
  tx: Db,
  target: { databaseId: number; fieldId: number | null; key?: string },
  before: Declared & { readonly indexed: boolean },
  after: Declared,
  now: Date,
): Promise<boolean> {
  const { databaseId, fieldId } = target;
  const order = orderOf(before, after);
  if (order !== undefined) {
    const open = await findOpenBuild(tx, databaseId, fieldId);
    if (open?.state === 'clearing') {
      const key = target.key ?? (before.match === after.match ? 'unique' : 'match');
      const detail = `${key}: what was stored before is still being removed; try again when that has ended`;
      throw new MusterError(409, { field: key, detail });
    }
    if (open === undefined) await insertBuild(tx, databaseId, fieldId, order, now);
    else await redirectBuild(tx, open.id, order, now);
  }
  if (!after.match && !after.unique) return true;
  return before.match || before.unique ? before.indexed : false;
}
