import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject } from '../src/base/index.ts';
import { DemoError } from './demo-error.ts';

/**
 * The demo's own token, made at the first start and kept in the data folder, so that every demo uses the same one.
 * @throws {DemoError} when the folder cannot be made or written.
 */
export async function ensureDemoToken(dataDir: string): Promise<{ token: string; file: string }> {
  const file = join(dataDir, 'demo.token');
  const made = randomBytes(24).toString('base64url');
  try {
    await mkdir(dataDir, { recursive: true });
    await writeFile(file, `${made}\n`, { mode: 0o600, flag: 'wx' });
    return { token: made, file };
  } catch (fault) {
    if (isObject(fault) && fault['code'] === 'EEXIST') {
      const kept = await readFile(file, 'utf8').catch(() => '');
      if (kept.trim() !== '') return { token: kept.trim(), file };
    }
    throw new DemoError(
      `the demo's token cannot be kept in ${file}; set MUSTER_DATA_DIR to a folder that can be written`,
      { cause: fault },
    );
  }
}
