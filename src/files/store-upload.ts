import { newUuid } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import { keepContents } from './keep-contents.ts';
import { deletePieces } from './sql/delete-pieces.ts';
import { endUpload } from './sql/end-upload.ts';
import { insertFiles } from './sql/insert-files.ts';
import type { UploadedContent } from './upload.ts';

/**
 * Makes a file of an uploaded content, in the transaction of the caller; where the content is known already its new
 * pieces are dropped. `databaseIds` are the databases of the token, null = every one: who may use the file is decided
 * by them, see `storeAttachments`. The name must have passed `fileNameFault`; the type is that of a `DataDecoder` or
 * `DEFAULT_MIMETYPE`.
 * @returns the id of the file, its `file_key`.
 */
export async function storeUpload(
  tx: Db,
  content: UploadedContent,
  file: {
    readonly name: string;
    readonly mimetype: string;
    readonly tokenId: number | null;
    readonly databaseIds: readonly number[] | null;
    readonly now: Date;
  },
): Promise<string> {
  const { uploadId, hash, size, pieces } = content;
  if (!(await endUpload(tx, uploadId))) throw new Error('an upload was swept away before it was stored');
  const ids = await keepContents(tx, [{ id: uploadId, hash, size, pieces }], file.now);
  const contentId = ids.get(hash.toString('hex')) ?? uploadId;
  if (contentId !== uploadId) await deletePieces(tx, [uploadId]);
  const { name, mimetype } = file;
  const fileId = newUuid();
  await insertFiles(tx, [{ id: fileId, contentId, name, mimetype }], file);
  return fileId;
}
