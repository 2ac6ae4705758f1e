import { type JsonObject, newObjectId } from '../base/index.ts';
import {
  keyTextsOf,
  type MatchKey,
  mergeFields,
  type ProfileShape,
  type RowError,
  type StoredProfile,
} from '../profiles/index.ts';
import type { ParsedRow } from './parse-row.ts';

export type RowState = 'created' | 'updated' | 'unchanged';

export type Resolved =
  | { readonly ok: true; readonly profileId: string; readonly state: RowState }
  | { readonly ok: false; readonly fault: RowError };

/** A profile as the rows before have left it. `before` undefined = it does not exist yet. */
interface Draft {
  readonly id: string;
  readonly before: JsonObject | undefined;
  fields: JsonObject;
}

function ambiguous({ keyName }: ParsedRow): RowError {
  return { code: 409, text: `${keyName}: several profiles match, nothing was changed`, field: keyName };
}

const NOT_FOUND: RowError = { code: 404, text: 'profile_id: there is no such profile', field: 'profile_id' };

/**
 * Applies rows in their order to profiles in memory, each row to what the rows before it have left: a profile that one
 * row made or gave a new phone is found by the next.
 */
export class RowResolver {
  readonly #shape: ProfileShape;
  /** What the database found for each key, before any of these rows. */
  readonly #found: ReadonlyMap<string, readonly string[]>;
  readonly #stored: ReadonlyMap<string, StoredProfile>;
  readonly #now: Date;
  readonly #drafts = new Map<string, Draft>();
  /** Profiles that have come by a key in these rows. */
  readonly #gained = new Map<string, Set<string>>();

  constructor(
    shape: ProfileShape,
    found: ReadonlyMap<string, readonly string[]>,
    stored: ReadonlyMap<string, StoredProfile>,
    now: Date,
  ) {
    this.#shape = shape;
    this.#found = found;
    this.#stored = stored;
    this.#now = now;
  }

  get created(): { id: string; fields: JsonObject }[] {
    return [...this.#drafts.values()].filter((draft) => draft.before === undefined);
  }

  get changed(): { id: string; before: JsonObject; fields: JsonObject }[] {
    return [...this.#drafts.values()].flatMap(({ id, before, fields }) =>
      before === undefined || before === fields ? [] : [{ id, before, fields }],
    );
  }

  apply(row: ParsedRow): Resolved {
    const ids = this.#match(row.key);
    if (ids.length > 1) return { ok: false, fault: ambiguous(row) };
    const [id] = ids;
    if (id !== undefined) return this.#update(id, row);
    return row.key.by === 'id' ? { ok: false, fault: NOT_FOUND } : this.#create(row);
  }

  #match(key: MatchKey): string[] {
    if (key.by === 'id') return this.#stored.has(key.id) ? [key.id] : [];
    const ids = new Set(this.#found.get(key.text));
    for (const id of this.#gained.get(key.text) ?? []) ids.add(id);
    return [...ids].filter((id) => this.#stillHas(id, key));
  }

  /** Rows before may have taken the value away from a profile that the database found by it. */
  #stillHas(id: string, key: MatchKey): boolean {
    const draft = this.#drafts.get(id);
    if (draft === undefined) return this.#stored.has(id);
    return keyTextsOf(this.#shape, draft.fields, key).has(key.text);
  }

  #update(id: string, row: ParsedRow): Resolved {
    const draft = this.#draftOf(id);
    const fields = mergeFields(draft.fields, row.patch);
    if (fields === draft.fields) return { ok: true, profileId: id, state: 'unchanged' };
    draft.fields = fields;
    this.#gain(draft, row.key);
    return { ok: true, profileId: id, state: 'updated' };
  }

  #create(row: ParsedRow): Resolved {
    const fields = { ...row.keyField, ...row.patch };
    const draft: Draft = { id: newObjectId(this.#now), before: undefined, fields };
    this.#drafts.set(draft.id, draft);
    this.#gain(draft, row.key);
    return { ok: true, profileId: draft.id, state: 'created' };
  }

  #draftOf(id: string): Draft {
    const known = this.#drafts.get(id);
    if (known !== undefined) return known;
    const stored = this.#stored.get(id);
    if (stored === undefined) throw new Error(`profile ${id} was matched and not locked`);
    const draft = { id, before: stored.fields, fields: stored.fields };
    this.#drafts.set(id, draft);
    return draft;
  }

  #gain(draft: Draft, key: MatchKey): void {
    for (const text of keyTextsOf(this.#shape, draft.fields, key)) {
      const ids = this.#gained.get(text);
      if (ids === undefined) this.#gained.set(text, new Set([draft.id]));
      else ids.add(draft.id);
    }
  }
}
