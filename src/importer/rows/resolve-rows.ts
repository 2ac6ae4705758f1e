import { newObjectId } from '../../base/index.ts';
import {
  applyProfilePatch,
  type ChangedProfile,
  type CreatedProfile,
  isFoundBy,
  type LookedAt,
  type Lookup,
  type ProfileChange,
  type ProfileShape,
  type ProfileState,
  placeOf,
  placesOf,
  type RowError,
  requiredFieldFault,
  type StoredProfile,
  stateOf,
  UniqueOwners,
} from '../../profiles/index.ts';
import type { ParsedRow } from './parse-row.ts';

export type RowState = 'created' | 'updated' | 'unchanged';

export type Resolved =
  | {
      readonly ok: true;
      readonly profileId: string;
      readonly state: RowState;
      /** The row before that hit the same profile; null = none of this batch. */
      readonly duplicateOf: number | null;
      readonly before: ProfileState | undefined;
      readonly after: ProfileState;
    }
  | { readonly ok: false; readonly fault: RowError };

/** A profile as the rows before have left it. `before` undefined = it does not exist yet. */
interface Draft {
  readonly id: string;
  readonly before: ProfileState | undefined;
  after: ProfileState;
  /** The first row that hit it. */
  readonly firstRow: number;
  /** Whether one of its rows lets triggers fire. */
  triggers: boolean;
}

/** What the database knew before any of these rows. */
export interface Known {
  /** The profiles that each lookup finds, by its text, at most `limit`. */
  readonly found: ReadonlyMap<string, readonly string[]>;
  readonly limit: number;
  readonly stored: ReadonlyMap<string, StoredProfile>;
  /** The profiles that have unique values which these rows bring, by `uniqueKey`. */
  readonly owners: ReadonlyMap<string, string>;
  /** What the rows are matched by. */
  readonly lookedAt: LookedAt;
}

const EMPTY: ProfileState = { fields: {}, subscriptions: [] };

function refuse(code: RowError['code'], field: string, message: string): { ok: false; fault: RowError } {
  return { ok: false, fault: { code, text: `${field}: ${message}`, field } };
}

/**
 * Applies rows in their order to profiles in memory, each row to what the rows before it have left: a profile that one
 * row made or gave a new phone is found by the next.
 */
export class RowResolver {
  readonly #shape: ProfileShape;
  readonly #known: Known;
  readonly #now: Date;
  readonly #drafts = new Map<string, Draft>();
  /** Profiles by the places at which drafts are found. */
  readonly #gained = new Map<string, Set<string>>();
  /** Who has a unique value after the rows so far. */
  readonly #owners: UniqueOwners;

  constructor(shape: ProfileShape, known: Known, now: Date) {
    this.#shape = shape;
    this.#known = known;
    this.#now = now;
    this.#owners = new UniqueOwners(shape, known.owners);
  }

  get created(): CreatedProfile[] {
    return [...this.#drafts.values()].filter((draft) => draft.before === undefined);
  }

  get changed(): ChangedProfile[] {
    return [...this.#drafts.values()].flatMap(({ id, before, after }) =>
      before === undefined || before === after ? [] : [{ id, before, after }],
    );
  }

  /** What triggers are told of; without profiles of which every row says that they are to be skipped. */
  get changes(): ProfileChange[] {
    return [...this.#drafts.values()].flatMap(({ id, before, after, triggers }) =>
      triggers && before !== after ? [{ profileId: id, before, after, enteredSegments: [] }] : [],
    );
  }

  apply(index: number, row: ParsedRow): Resolved {
    const ids = row.key === null ? [] : this.#match(row.key.lookups);
    if (ids.length > 1) return refuse(409, row.keyName, 'several profiles match, nothing was changed');
    const [id] = ids;
    if (id !== undefined) return this.#update(index, id, row);
    if (row.missing !== 'refuse' && row.key?.lookups[0]?.by !== 'id') return this.#create(index, row);
    return refuse(404, row.keyName, 'there is no such profile');
  }

  #match(lookups: readonly Lookup[]): string[] {
    const ids = new Set<string>();
    for (const lookup of lookups) {
      const found = this.#known.found.get(lookup.text) ?? [];
      let left = 0;
      for (const id of found) {
        if (!this.#isFoundBy(id, lookup)) continue;
        ids.add(id);
        left += 1;
      }
      // The list was cut, so beyond those that lost the value there may be others that have it.
      if (found.length >= this.#known.limit && left < 2) return found.slice(0, 2);
      for (const id of this.#gained.get(placeOf(lookup)) ?? []) {
        if (this.#isFoundBy(id, lookup)) ids.add(id);
      }
    }
    return [...ids];
  }

  /** What the database found may have changed before it was locked, or by the rows before. */
  #isFoundBy(id: string, lookup: Lookup): boolean {
    const state = this.#drafts.get(id)?.after ?? this.#known.stored.get(id);
    return state !== undefined && isFoundBy(this.#shape, id, state, lookup);
  }

  #update(index: number, id: string, row: ParsedRow): Resolved {
    const known = this.#drafts.get(id);
    const stored = this.#known.stored.get(id);
    const before = known?.after ?? (stored && stateOf(stored));
    if (before === undefined) throw new Error(`profile ${id} was matched and not locked`);
    const after = applyProfilePatch(this.#shape, before, row.patch, this.#now);
    if (!after.ok) return { ok: false, fault: after.error };
    const fault = this.#owners.take(id, before, after.value);
    if (fault !== undefined) return { ok: false, fault };
    const draft = known ?? { id, before, after: before, firstRow: index, triggers: false };
    this.#drafts.set(id, draft);
    const isSame = after.value === before;
    draft.after = after.value;
    draft.triggers ||= !row.skipTriggers && !isSame;
    if (!isSame) this.#gain(draft);
    return {
      ...{ ok: true, profileId: id, state: isSame ? 'unchanged' : 'updated', before, after: after.value },
      duplicateOf: known === undefined ? null : known.firstRow,
    };
  }

  #create(index: number, row: ParsedRow): Resolved {
    const seed =
      Object.keys(row.keyFields).length === 0 ? EMPTY : { fields: row.keyFields, subscriptions: [] };
    const after = applyProfilePatch(this.#shape, seed, row.patch, this.#now);
    if (!after.ok) return { ok: false, fault: after.error };
    const missing = requiredFieldFault(this.#shape, after.value);
    if (missing !== undefined) return { ok: false, fault: missing };
    const id = newObjectId(this.#now);
    if (!this.#isFoundAgain(id, after.value, row)) {
      return refuse(400, row.keyName, 'a new profile must have the subscription that it is looked for by');
    }
    const fault = this.#owners.take(id, EMPTY, after.value);
    if (fault !== undefined) return { ok: false, fault };
    const draft = { id, before: undefined, after: after.value, firstRow: index, triggers: !row.skipTriggers };
    this.#drafts.set(id, draft);
    this.#gain(draft);
    return {
      ...{ ok: true, profileId: id, state: 'created', duplicateOf: null },
      ...{ before: undefined, after: after.value },
    };
  }

  /**
   * Modes that look in subscriptions alone would make one profile more with every import of an item that has none.
   * Where the profile's own fields are looked in too, the key itself has made sure.
   */
  #isFoundAgain(id: string, state: ProfileState, { key, keyName, keyFields }: ParsedRow): boolean {
    // A filter makes a profile of whatever the item says, whether or not an index answers it.
    if (key === null || keyName === 'custom_request' || Object.keys(keyFields).length > 0) return true;
    return key.lookups.some((lookup) => isFoundBy(this.#shape, id, state, lookup));
  }

  #gain(draft: Draft): void {
    for (const place of placesOf(this.#shape, draft.after, this.#known.lookedAt)) {
      const ids = this.#gained.get(place);
      if (ids === undefined) this.#gained.set(place, new Set([draft.id]));
      else ids.add(draft.id);
    }
  }
}
