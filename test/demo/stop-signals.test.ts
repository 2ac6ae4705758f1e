import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ensureDemoToken } from '../../demo/demo-token.ts';
import { judgeStopSignal } from '../../demo/stop-signals.ts';

test('the first signal stops, an echo of it is ignored, a later one ends at once', () => {
  assert.equal(judgeStopSignal(undefined, 5_000), 'stop');
  assert.equal(judgeStopSignal(5_000, 5_003), 'ignore');
  assert.equal(judgeStopSignal(5_000, 5_999), 'ignore');
  assert.equal(judgeStopSignal(5_000, 6_000), 'force');
});

test('the token is made once and readable by its owner only', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'muster-demo-'));
  try {
    const dataDir = join(folder, 'data');
    const first = await ensureDemoToken(dataDir);
    assert.deepEqual(await ensureDemoToken(dataDir), first);
    assert.equal(await readFile(first.file, 'utf8'), `${first.token}\n`);
    assert.ok(first.token.length >= 16);
    if (process.platform !== 'win32') assert.equal((await stat(first.file)).mode & 0o777, 0o600);
  } finally {
    await rm(folder, { recursive: true });
  }
});
