import { type Clock, invalidRequest, MusterError, textFault } from '../base/index.ts';
import { type Db, withTx } from '../db/index.ts';
import { deleteEntries } from './sql/delete-entries.ts';
import { deleteListRow } from './sql/delete-list.ts';
import { insertList } from './sql/insert-list.ts';
import { findSuppressionList, lockSuppressionList } from './sql/list-lists.ts';
import { updateListRow } from './sql/update-list.ts';
import type { SuppressionList } from './suppression-list.ts';

const MAX_NAME_LENGTH = 200;
/** How much one call to `deleteSuppressionList` does: transactions, and rows in each. */
const DELETE_BOUNDS = { steps: 20, rows: 10_000 } as const;

function checkName(name: string): void {
  if (name.trim() === '' || name.length > MAX_NAME_LENGTH || textFault(name) !== undefined) {
    throw invalidRequest('name', `expected 1 to ${MAX_NAME_LENGTH} characters`);
  }
}

function noSuchList(id: number): MusterError {
  return new MusterError(404, { detail: `there is no suppression list ${id}` });
}

/**
 * Makes a list. The caller knows that the databases exist.
 * @throws {MusterError} 400 for a name that is not usable.
 */
export async function createSuppressionList(
  db: Db,
  clock: Clock,
  settings: { readonly name: string; readonly databaseIds: readonly number[] | null },
): Promise<SuppressionList> {
  checkName(settings.name);
  const list = { ...settings, name: settings.name.trim(), createdAt: clock.now() };
  return { id: await insertList(db, list), ...list };
}

/** @throws {MusterError} 404 without such a list, 400 for a name that is not usable. */
export async function updateSuppressionList(
  db: Db,
  id: number,
  changes: {
    readonly name?: string | undefined;
    readonly databaseIds?: readonly number[] | null | undefined;
  },
): Promise<SuppressionList> {
  if (changes.name !== undefined) checkName(changes.name);
  return withTx(db, async (tx) => {
    const current = await lockSuppressionList(tx, id);
    if (current === undefined) throw noSuchList(id);
    const { databaseIds = current.databaseIds } = changes;
    const list = { ...current, name: changes.name?.trim() ?? current.name, databaseIds };
    await updateListRow(tx, list);
    return list;
  });
}

/** @throws {MusterError} 404 without such a list. */
export async function getSuppressionList(db: Db, id: number): Promise<SuppressionList> {
  const list = await findSuppressionList(db, id);
  if (list === undefined) throw noSuchList(id);
  return list;
}

/**
 * Deletes a list, its entries first: 10,000 in each transaction, and no more than 200,000 in one call.
 * @returns how many entries went, and whether the list has gone too; if not, the caller may call again.
 */
export async function deleteSuppressionList(
  db: Db,
  id: number,
  bounds: { readonly steps: number; readonly rows: number } = DELETE_BOUNDS,
): Promise<{ removed: number; done: boolean }> {
  let removed = 0;
  for (let step = 0; step < bounds.steps; step += 1) {
    const gone = await withTx(db, async (tx) => {
      // Those that add entries at this moment are waited for, later ones wait and find no list.
      await lockSuppressionList(tx, id);
      const count = await deleteEntries(tx, id, bounds.rows);
      if (count < bounds.rows) await deleteListRow(tx, id);
      return count;
    });
    removed += gone;
    if (gone < bounds.rows) return { removed, done: true };
  }
  return { removed, done: false };
}
