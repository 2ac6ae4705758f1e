import { slotOf } from '../base/index.ts';
import { type Db, TransactionConflict } from '../db/index.ts';
import type { ProfileShape } from './fields.ts';
import { type UniqueValue, uniqueValuesOf } from './identities.ts';
import type { ProfileState } from './profile-state.ts';
import { deleteUniqueValues } from './sql/delete-unique-values.ts';
import { insertUniqueValues, type OwnedValue } from './sql/insert-unique-values.ts';
import { selectUniqueOwners } from './sql/select-unique-owners.ts';

/** Names a unique value among those of one database. */
export function uniqueKey({ kind, value }: Pick<UniqueValue, 'kind' | 'value'>): string {
  return `${kind} ${value}`;
}

/** Which profile has each of the values now, by `uniqueKey`; one statement, none without values. */
export async function findUniqueOwners(
  db: Db,
  databaseId: number,
  values: readonly UniqueValue[],
): Promise<Map<string, string>> {
  if (values.length === 0) return new Map();
  const keys = values.map(({ kind, value }) => ({ slot: slotOf(value), kind, value }));
  const owners = await selectUniqueOwners(db, databaseId, keys);
  return new Map(owners.map((owner) => [uniqueKey(owner), owner.profileId]));
}

function ownedBy(profileId: string, values: readonly UniqueValue[]): OwnedValue[] {
  return values.map(({ kind, value }) => ({ slot: slotOf(value), kind, value, profileId }));
}

/**
 * Gives up the values that profiles have lost and takes those that they have come by.
 * @throws {TransactionConflict} when another transaction has taken one of them meanwhile.
 */
export async function storeUniqueValues(
  tx: Db,
  shape: ProfileShape,
  created: readonly { id: string; after: ProfileState }[],
  changed: readonly { id: string; before: ProfileState; after: ProfileState }[],
): Promise<void> {
  if (shape.uniqueFields.length === 0) return;
  const fresh = created.flatMap(({ id, after }) => ownedBy(id, uniqueValuesOf(shape, after.fields)));
  const gone: OwnedValue[] = [];
  for (const { id, before, after } of changed) {
    const old = uniqueValuesOf(shape, before.fields);
    const kept = uniqueValuesOf(shape, after.fields);
    const oldKeys = new Set(old.map(uniqueKey));
    const keptKeys = new Set(kept.map(uniqueKey));
    gone.push(
      ...ownedBy(
        id,
        old.filter((value) => !keptKeys.has(uniqueKey(value))),
      ),
    );
    fresh.push(
      ...ownedBy(
        id,
        kept.filter((value) => !oldKeys.has(uniqueKey(value))),
      ),
    );
  }
  const databaseId = shape.database.id;
  if (gone.length > 0) await deleteUniqueValues(tx, databaseId, gone);
  if (fresh.length === 0) return;
  const taken = await insertUniqueValues(tx, databaseId, fresh);
  if (taken < fresh.length) throw new TransactionConflict('a unique value was taken by another transaction');
}
