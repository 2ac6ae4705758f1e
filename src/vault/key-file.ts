import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseSecretKey, toError } from '../base/index.ts';
import { VaultError } from './vault-error.ts';

function hasCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code;
}

/**
 * Writes a new key beside the file and gives it the name only when it is there to the last byte: of two processes that
 * do so at once one wins, and both read its key.
 */
async function makeKeyFile(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${randomBytes(32).toString('hex')}\n`);
    await file.sync();
    await link(draft, path);
  } catch (thrown) {
    if (!hasCode(thrown, 'EEXIST')) throw thrown;
  } finally {
    await file.close();
    await unlink(draft);
  }
}

async function readKeyFile(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (thrown) {
    if (hasCode(thrown, 'ENOENT')) return undefined;
    throw thrown;
  }
}

/**
 * The key in the file, which is made when it is not there, for its owner alone.
 * @throws {VaultError} when the file can be neither read nor made, or holds no key.
 */
export async function readOrMakeKey(path: string): Promise<Buffer> {
  let text: string | undefined;
  try {
    text = await readKeyFile(path);
    if (text === undefined) {
      await makeKeyFile(path);
      text = await readKeyFile(path);
    }
  } catch (thrown) {
    const reason = toError(thrown).message;
    throw new VaultError(
      `the secret key cannot be kept in ${path} (${reason}); set MUSTER_SECRET_KEY, or MUSTER_DATA_DIR to a folder that can be written`,
      { cause: thrown },
    );
  }
  const key = parseSecretKey(text ?? '');
  if (key === undefined) {
    throw new VaultError(`${path} holds no key of 64 hexadecimal digits; bring it back from a backup`);
  }
  return key;
}
