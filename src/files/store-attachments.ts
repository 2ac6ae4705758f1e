import { createHash } from 'node:crypto';
import { failure, newUuid, type Outcome, success } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import { keepContents } from './keep-contents.ts';
import type { Attachment } from './parse-attach.ts';
import { splitPieces } from './split-pieces.ts';
import { insertFiles } from './sql/insert-files.ts';
import { insertPieces } from './sql/insert-pieces.ts';
import { type FileOwner, type UsableFile, useFiles } from './sql/use-files.ts';

/** What is kept of an attachment, plain JSON. `file` is the id to open it by, `size` is in bytes. */
export interface StoredAttachment {
  readonly name: string;
  readonly mimetype: string;
  readonly size: number;
  readonly file: string;
}

interface InlineContent {
  readonly id: string;
  readonly hash: Buffer;
  readonly bytes: Buffer;
}

type InlineAttachment = Extract<Attachment, { kind: 'inline' }>;

/** The contents by hash in hex, each once, and which of them each attachment has. */
function collectContents(attachments: readonly Attachment[]) {
  const contents = new Map<string, InlineContent>();
  const hashes = new Map<InlineAttachment, string>();
  for (const attachment of attachments) {
    if (attachment.kind !== 'inline') continue;
    const hash = createHash('sha256').update(attachment.bytes).digest();
    const key = hash.toString('hex');
    hashes.set(attachment, key);
    if (!contents.has(key)) contents.set(key, { id: newUuid(), hash, bytes: attachment.bytes });
  }
  return { contents, hashes };
}

/** Stores the contents that are new. Returns the id of each by its hash in hex. */
async function storeContents(tx: Db, contents: readonly InlineContent[], now: Date) {
  const ids = await keepContents(
    tx,
    contents.map(({ id, hash, bytes }) => {
      return { id, hash, size: bytes.length, pieces: splitPieces(bytes.length).length };
    }),
    now,
  );
  const fresh = contents.filter(({ id, hash }) => ids.get(hash.toString('hex')) === id);
  if (fresh.length > 0) await insertPieces(tx, fresh);
  return ids;
}

/** Stores the inline attachments, a file for each content, name and type. */
async function storeInline(
  tx: Db,
  attachments: readonly Attachment[],
  owner: FileOwner,
): Promise<ReadonlyMap<Attachment, StoredAttachment>> {
  const { contents, hashes } = collectContents(attachments);
  if (contents.size === 0) return new Map();
  const ids = await storeContents(tx, [...contents.values()], owner.now);
  const files = new Map<string, StoredAttachment & { readonly contentId: string }>();
  const stored = new Map<Attachment, StoredAttachment>();
  for (const [attachment, hash] of hashes) {
    const { name, mimetype, bytes } = attachment;
    const contentId = ids.get(hash);
    if (contentId === undefined) throw new Error('a content was stored without an id');
    const key = JSON.stringify([hash, name, mimetype]);
    const known = files.get(key);
    const file = known ?? { name, mimetype, size: bytes.length, file: newUuid(), contentId };
    files.set(key, file);
    stored.set(attachment, { name, mimetype, size: file.size, file: file.file });
  }
  const rows = [...files.values()].map(({ name, mimetype, file, contentId }) => {
    return { id: file, name, mimetype, contentId };
  });
  await insertFiles(tx, rows, owner);
  return stored;
}

/** The files that are named by their keys, and now count as used. */
async function useNamed(tx: Db, attachments: readonly Attachment[], owner: FileOwner) {
  const named = attachments.flatMap((attachment) => (attachment.kind === 'file' ? [attachment.fileId] : []));
  if (named.length === 0) return new Map<string, UsableFile>();
  return useFiles(tx, [...new Set(named)], owner);
}

/**
 * Stores what `parseAttach` has read, of one request or of many items together, in the transaction of the caller: each
 * content once, and at most five statements whatever their number.
 *
 * A file key is good for the token that brought the file, and for any other token that has a database in common with
 * that one (as it was then); a token that is not narrowed to databases has all. A key of another's file is answered
 * like one that does not exist.
 * @returns as many as were given, in their order; or all whose file key is no good, by their indexes in
 * `attachments`: then nothing was stored.
 */
export async function storeAttachments(
  tx: Db,
  request: FileOwner & { readonly attachments: readonly Attachment[] },
): Promise<
  Outcome<readonly StoredAttachment[], { readonly indexes: readonly number[]; readonly message: string }>
> {
  const { attachments } = request;
  // Named files first, in the order in which a purge takes its locks: files, then contents.
  const named = await useNamed(tx, attachments, request);
  const indexes = attachments.flatMap((one, index) =>
    one.kind === 'file' && !named.has(one.fileId) ? [index] : [],
  );
  if (indexes.length > 0) return failure({ indexes, message: 'file_key: there is no such file' });
  const inline = await storeInline(tx, attachments, request);
  const stored = attachments.map((attachment): StoredAttachment => {
    if (attachment.kind === 'file') {
      const file = named.get(attachment.fileId);
      if (file === undefined) throw new Error('a file that was found is gone');
      const { name, mimetype } = attachment;
      return {
        name: name ?? file.name,
        mimetype: mimetype ?? file.mimetype,
        size: file.size,
        file: attachment.fileId,
      };
    }
    const file = inline.get(attachment);
    if (file === undefined) throw new Error('an attachment was not stored');
    return file;
  });
  return success(stored);
}
