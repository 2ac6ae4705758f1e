import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { isHeld } from '../../src/db/embedded/data-dir-lock.ts';

test('a lock is held by a process that runs, and not by another with the same number', async () => {
  assert.equal(await isHeld({ pid: process.pid, born: null }), true);
  if (process.platform === 'linux') {
    assert.equal(await isHeld({ pid: process.pid, born: 'another boot/1' }), false);
  }
});

test('a killed process whose parent has not asked for it holds no lock', {
  skip: process.platform !== 'linux' && 'zombies are told by /proc, which only Linux has',
}, async () => {
  // The shell becomes `cat`, which never asks for the child that the shell had started.
  const script = 'cat <&3 >&2 & echo $!; exec cat';
  const parent = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit', 'pipe'] });
  const ended = once(parent, 'exit');
  const { stdin, stdout } = parent;
  assert.ok(stdin !== null && stdout !== null);
  try {
    const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
    const pid = Number((await lines.next()).value);
    // What comes back was sent by `cat`: the shell, which might have asked, is gone.
    stdin.write('there\n');
    assert.equal((await lines.next()).value, 'there');
    const feed = parent.stdio[3];
    assert.ok(feed instanceof Writable);
    feed.end();
    let state = '';
    while (state !== 'Z') state = /\) (\S)/.exec(await readFile(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? '';
    assert.equal(await isHeld({ pid, born: null }), false);
  } finally {
    stdin.end();
    await ended;
  }
});
