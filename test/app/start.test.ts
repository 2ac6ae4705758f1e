import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Runs the program to its end. */
async function start(
  environment: Readonly<Record<string, string>>,
): Promise<{ code: unknown; said: string }> {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env['PATH'] ?? '', PORT: '0', MUSTER_LOG_LEVEL: 'error', ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  return { code, said };
}

test('settings that are not usable end the start in plain words', async () => {
  const { code, said } = await start({ MUSTER_ROLE: 'both' });
  assert.equal(said, 'the environment is not usable:\n  MUSTER_ROLE: expected one of all, api, worker\n');
  assert.equal(code, 1);
});

test('a start that fails beside PostgreSQL stops it again, and leaves the data folder free', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'muster-start-'));
  // Root's PostgreSQL runs as another user.
  await chmod(folder, 0o755);
  try {
    const file = join(folder, 'none.mmdb');
    const { code, said } = await start({ MUSTER_DATA_DIR: folder, MUSTER_GEO_FILE: file });
    assert.match(said, /^MUSTER_GEO_FILE: .*none\.mmdb cannot be read: ENOENT.*\n$/);
    assert.equal(code, 1);
    const left = await readdir(folder, { recursive: true });
    assert.ok(left.includes(join('postgres', 'PG_VERSION')));
    assert.deepEqual(
      left.filter((name) => name === 'muster.lock' || name.endsWith('postmaster.pid')),
      [],
    );
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  }
});
