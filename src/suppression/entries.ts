import { type Clock, invalidRequest, MusterError, textFault } from '../base/index.ts';
import { type Db, withTx } from '../db/index.ts';
import { deleteValues } from './sql/delete-values.ts';
import { insertEntries } from './sql/insert-entries.ts';
import { keepList } from './sql/keep-list.ts';
import { pageEntryRows } from './sql/page-entries.ts';
import { type SuppressionKey, selectSuppressed } from './sql/select-suppressed.ts';
import type { EntryKind, SuppressionEntry } from './suppression-list.ts';

export const MAX_VALUES = 10_000;
const MAX_REASON_LENGTH = 500;

/** The form in which profiles keep a contact of that kind; undefined when the text is none. */
export type NormalizeContact = (kind: EntryKind, text: string) => string | undefined;

export interface AddedEntries {
  /** `imported`, `duplicated` and the number of `invalid` sum to it. */
  readonly total: number;
  readonly imported: number;
  /** Those that were in the list, or stand in the values before. */
  readonly duplicated: number;
  /** Those that are no contact of the kind, by their place in the values. */
  readonly invalid: readonly { readonly index: number; readonly value: string }[];
}

function checkCount(values: readonly string[]): void {
  if (values.length > MAX_VALUES) throw invalidRequest('values', `expected at most ${MAX_VALUES}`);
}

/**
 * Adds values to a list, as many as are contacts of the kind; entries that are there keep their reason.
 * @throws {MusterError} 404 without such a list, 400 for too many values or a reason that is not usable.
 */
export async function addEntries(
  db: Db,
  clock: Clock,
  normalize: NormalizeContact,
  addition: {
    readonly listId: number;
    readonly kind: EntryKind;
    readonly values: readonly string[];
    readonly reason: string | null;
  },
): Promise<AddedEntries> {
  const { listId, kind, values, reason } = addition;
  checkCount(values);
  if (reason !== null && (reason.length > MAX_REASON_LENGTH || textFault(reason) !== undefined)) {
    throw invalidRequest('reason', `expected at most ${MAX_REASON_LENGTH} characters`);
  }
  const normal = new Set<string>();
  const invalid: { index: number; value: string }[] = [];
  for (const [index, value] of values.entries()) {
    const contact = normalize(kind, value);
    if (contact === undefined) invalid.push({ index, value });
    else normal.add(contact);
  }
  const imported = await withTx(db, async (tx) => {
    if (!(await keepList(tx, listId))) {
      throw new MusterError(404, { detail: `there is no suppression list ${listId}` });
    }
    return insertEntries(tx, listId, kind, [...normal], reason, clock.now());
  });
  const total = values.length;
  return { total, imported, duplicated: total - invalid.length - imported, invalid };
}

/** Takes values out of a list; what is no contact, or not in it, is passed over. Returns how many were in it. */
export async function removeEntries(
  db: Db,
  normalize: NormalizeContact,
  removal: { readonly listId: number; readonly kind: EntryKind; readonly values: readonly string[] },
): Promise<number> {
  checkCount(removal.values);
  const normal = removal.values.flatMap((value) => normalize(removal.kind, value) ?? []);
  return deleteValues(db, removal.listId, removal.kind, normal);
}

/** One page of the entries of a kind, in order of their values. */
export async function pageEntries(
  db: Db,
  query: {
    readonly listId: number;
    readonly kind: EntryKind;
    /** What values begin with; capitals do not count. */
    readonly prefix?: string | undefined;
    /** The `next` of the page before. */
    readonly after?: string | undefined;
    readonly limit: number;
  },
): Promise<{ entries: SuppressionEntry[]; next?: string }> {
  const { listId, kind, after = '', limit } = query;
  const prefix = (query.prefix ?? '').trim().toLowerCase();
  for (const [key, text] of Object.entries({ prefix, after })) {
    const fault = textFault(text);
    if (fault !== undefined) throw invalidRequest(key, fault);
  }
  const found = await pageEntryRows(db, { listId, kind, prefix, after, limit: limit + 1 });
  const entries = found.slice(0, limit);
  const last = entries.at(-1);
  return found.length > limit && last !== undefined ? { entries, next: last.value } : { entries };
}

/** An e-mail address is suppressed by itself or by its domain, but not by a domain above that one. */
function keysOf(contact: string): SuppressionKey[] {
  const at = contact.lastIndexOf('@');
  if (at === -1) return [{ contact, kind: 'phone', value: contact }];
  return [
    { contact, kind: 'email', value: contact },
    { contact, kind: 'domain', value: contact.slice(at + 1) },
  ];
}

/**
 * Those among the contacts, normalised e-mail addresses and phone numbers, to which nothing may be sent from the
 * database at this moment. One statement.
 */
export async function findSuppressed(
  db: Db,
  databaseId: number,
  contacts: Iterable<string>,
): Promise<Set<string>> {
  const keys = [...new Set(contacts)].flatMap(keysOf);
  return keys.length === 0 ? new Set() : new Set(await selectSuppressed(db, databaseId, keys));
}
