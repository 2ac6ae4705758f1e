import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { TextDecoder } from 'node:util';
import { toError } from '../../base/index.ts';
import { CliError } from '../cli-error.ts';

/** Enough for the header of any table, and to see what a file is. */
const HEAD_BYTES = 65_536;

function createDecoder(encoding: string, fatal: boolean): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal });
  } catch {
    throw new CliError(`--encoding: “${encoding}” is not known; expected such as utf-8 or windows-1251`);
  }
}

/** @throws {CliError} when it cannot be opened, or is a folder. */
export async function openFile(path: string) {
  try {
    const file = await open(path);
    if (!(await file.stat()).isDirectory()) return file;
    await file.close();
  } catch (thrown) {
    throw new CliError(`${path} cannot be read: ${toError(thrown).message}`);
  }
  throw new CliError(`${path} is a folder; expected a file`);
}

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** The first 64 KiB of a file as text, and its encoding: a byte order mark of UTF-8 counts more than what is said. */
export async function readHead(path: string, said: string): Promise<{ head: string; encoding: string }> {
  const file = await openFile(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const bytes = buffer.subarray(0, bytesRead);
    const encoding = bytes.subarray(0, UTF8_MARK.length).equals(UTF8_MARK) ? 'utf-8' : said;
    return { head: createDecoder(encoding, false).decode(bytes, { stream: true }), encoding };
  } finally {
    await file.close();
  }
}

/**
 * The text of a file in pieces, without a byte order mark.
 * @param onBytes told how many bytes have been read in all.
 * @throws {CliError} at a byte that the encoding does not have.
 */
export async function* openText(
  path: string,
  encoding: string,
  onBytes: (bytes: number) => void,
): AsyncGenerator<string> {
  const decoder = createDecoder(encoding, true);
  const decode = (piece: Buffer | undefined, bytes: number): string => {
    try {
      return decoder.decode(piece, { stream: piece !== undefined });
    } catch {
      throw new CliError(
        `${path}: not ${encoding} near byte ${bytes}`,
        'name its encoding, such as --encoding windows-1251',
      );
    }
  };
  let bytes = 0;
  const pieces: AsyncIterable<Buffer> = createReadStream(path);
  for await (const piece of pieces) {
    const text = decode(piece, bytes);
    bytes += piece.length;
    onBytes(bytes);
    if (text !== '') yield text;
  }
  const rest = decode(undefined, bytes);
  if (rest !== '') yield rest;
}
