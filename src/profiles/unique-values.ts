import { slotOf } from '../base/index.ts';
import { type Db, TransactionConflict } from '../db/index.ts';
import type { ProfileShape } from './fields.ts';
import { type UniqueValue, uniqueValuesOf } from './identities.ts';
import type { ProfileState } from './profile-state.ts';
import type { RowError } from './row-error.ts';
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

/**
 * Who has which unique value while changes are made in memory, one after the other, before they are written: what one
 * gives up the next may take.
 */
export class UniqueOwners {
  readonly #shape: ProfileShape;
  /** Null = nobody. */
  readonly #owners: Map<string, string | null>;
  readonly #unknown = new Map<string, UniqueValue>();

  /** @param owners by `uniqueKey`; what is missing there is taken for free, and listed in `unknown`. */
  constructor(shape: ProfileShape, owners: ReadonlyMap<string, string | null>) {
    this.#shape = shape;
    this.#owners = new Map(owners);
  }

  /** Values that a profile took though nobody had said whether they are free. */
  get unknown(): readonly UniqueValue[] {
    return [...this.#unknown.values()];
  }

  /** Gives up what the profile loses and takes what it comes by; all or nothing, then the fault says of which field. */
  take(id: string, before: ProfileState, after: ProfileState): RowError | undefined {
    if (this.#shape.uniqueFields.length === 0 || before.fields === after.fields) return undefined;
    const old = uniqueValuesOf(this.#shape, before.fields);
    const oldKeys = new Set(old.map(uniqueKey));
    const kept = uniqueValuesOf(this.#shape, after.fields);
    const fresh = kept.filter((value) => !oldKeys.has(uniqueKey(value)));
    for (const value of fresh) {
      const owner = this.#owners.get(uniqueKey(value));
      if (owner === undefined) this.#unknown.set(uniqueKey(value), value);
      if (owner === undefined || owner === null || owner === id) continue;
      const text = `${value.field}: another profile has this value, which no two may share`;
      return { code: 409, text, field: value.field, isDuplicate: true };
    }
    const keptKeys = new Set(kept.map(uniqueKey));
    for (const key of oldKeys) if (!keptKeys.has(key)) this.#owners.set(key, null);
    for (const value of fresh) this.#owners.set(uniqueKey(value), id);
    return undefined;
  }
}

/**
 * Makes changes in memory by `apply`, again until all owners are known of the unique values that it takes: which values
 * those are it may find out only by making the changes. One statement a turn, hardly ever more than one.
 * @param apply must have no effect but its answer.
 */
export async function applyWithOwners<T>(
  db: Db,
  shape: ProfileShape,
  apply: (owners: UniqueOwners) => T,
): Promise<T> {
  const known = new Map<string, string | null>();
  for (;;) {
    const owners = new UniqueOwners(shape, known);
    const applied = apply(owners);
    if (owners.unknown.length === 0) return applied;
    const found = await findUniqueOwners(db, shape.database.id, owners.unknown);
    for (const value of owners.unknown) known.set(uniqueKey(value), found.get(uniqueKey(value)) ?? null);
  }
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
