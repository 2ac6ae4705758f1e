/**
 * Runs before every `npm run` that may serve pages, under whatever Node the machine has (18 or newer): installs what is
 * missing, then builds the web UI under the Node that was installed. Not as two commands of one line: the shell keeps to
 * the `node` that it found for the first one, which on a fresh clone is the machine's.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import './install-missing.mjs';

// What could not be installed has been told.
if (process.exitCode === undefined) {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..');
  const pinned = join(root, 'node_modules/node/bin/node');
  const node = existsSync(pinned) ? pinned : process.execPath;
  const { status } = spawnSync(node, [join(root, 'scripts/build-web.mjs')], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
