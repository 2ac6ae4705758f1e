import { isJsonObject, type JsonValue, MusterError, ownValue } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { type Attachment, parseAttach, type StoredAttachment, storeAttachments } from '../../files/index.ts';
import type { RowError } from '../../profiles/index.ts';
import type { ParsedRequest } from './parse-request.ts';

/** The attachments of a request, read and not yet stored. */
export interface RequestAttachments {
  readonly root: readonly Attachment[];
  /** Those of items that have their own, by the place of the item. */
  readonly items: ReadonlyMap<number, readonly Attachment[]>;
  /** Items whose attachments cannot be read, or name a file that is not there. */
  readonly faults: Map<number, RowError>;
}

/** A request and its items with stored attachments in the place of those that were sent. */
export interface StoredRequest {
  readonly attach: JsonValue;
  readonly items: readonly JsonValue[];
  readonly faults: ReadonlyMap<number, RowError>;
}

/** Whose files may be used, and until when what is stored is needed. */
interface FileUse {
  readonly tokenId: number | null;
  readonly databaseIds: readonly number[] | null;
  readonly now: Date;
}

/**
 * Reads `attach` of the request and of its items: base64 is decoded before any transaction begins.
 * @throws {MusterError} 400 when that of the request is not in order.
 */
export function readAttachments({ context, items, envelope }: ParsedRequest): RequestAttachments {
  const root = parseAttach(context.attach, 'attach');
  if (!root.ok) throw new MusterError(400, { field: 'attach', detail: root.error });
  const own = new Map<number, readonly Attachment[]>();
  const faults = new Map<number, RowError>();
  // Bare profiles have no frame that could hold anything beside their fields.
  for (const [index, item] of envelope.items === 'wrapped' ? items.entries() : []) {
    const value = isJsonObject(item) ? ownValue(item, 'attach') : undefined;
    if (value === undefined || value === null) continue;
    const parsed = parseAttach(value, 'attach');
    if (parsed.ok) own.set(index, parsed.value);
    else faults.set(index, { code: 400, text: parsed.error, field: 'attach' });
  }
  return { root: root.value, items: own, faults };
}

/** Stores lists together. A list with a file that is not there comes back as undefined, with nothing of it stored. */
async function storeLists(
  tx: Db,
  lists: readonly (readonly Attachment[])[],
  use: FileUse,
): Promise<(readonly StoredAttachment[] | undefined)[]> {
  const all = lists.flatMap((list, owner) => list.map((attachment) => ({ attachment, owner })));
  if (all.length === 0) return lists.map(() => []);
  const stored = await storeAttachments(tx, { ...use, attachments: all.map((one) => one.attachment) });
  if (stored.ok) {
    const byList = lists.map((): StoredAttachment[] => []);
    for (const [index, one] of stored.value.entries()) byList[all[index]?.owner ?? 0]?.push(one);
    return byList;
  }
  const bad = new Set(stored.error.indexes.map((index) => all[index]?.owner));
  const rest = await storeLists(
    tx,
    lists.map((list, owner) => (bad.has(owner) ? [] : list)),
    use,
  );
  return rest.map((list, owner) => (bad.has(owner) ? undefined : list));
}

/**
 * Stores the attachments in the transaction that stores the request, each content once, in a handful of statements
 * whatever the number of items.
 * @throws {MusterError} 400 when the request itself names a file that is not there.
 */
export async function storeRequestAttachments(
  tx: Db,
  request: ParsedRequest,
  found: RequestAttachments,
  use: FileUse,
): Promise<StoredRequest> {
  const owners = [...found.items.keys()];
  const [root, ...own] = await storeLists(tx, [found.root, ...found.items.values()], use);
  if (root === undefined) {
    throw new MusterError(400, { field: 'attach', detail: 'attach: there is no file with this file_key' });
  }
  const faults = new Map(found.faults);
  const items = [...request.items];
  for (const [position, index] of owners.entries()) {
    const [item, list] = [items[index], own[position]];
    if (list === undefined) {
      faults.set(index, { code: 400, text: 'attach: there is no file with this file_key', field: 'attach' });
    } else if (isJsonObject(item)) items[index] = { ...item, attach: list.map((one) => ({ ...one })) };
  }
  return { attach: root.length === 0 ? null : root.map((one) => ({ ...one })), items, faults };
}
