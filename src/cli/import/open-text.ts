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

/** @throws {CliError} when it cannot be opened. */
export async function openFile(path: string) {
  return open(path).catch((thrown: unknown) => {
    throw new CliError(`${path} cannot be read: ${toError(thrown).message}`);
  });
}

/** The first 64 KiB of a file as text, without a byte order mark. */
export async function readHead(path: string, encoding: string): Promise<string> {
  const file = await openFile(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return createDecoder(encoding, false).decode(buffer.subarray(0, bytesRead), { stream: true });
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
