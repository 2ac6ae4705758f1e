import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Service, startAll, stopAll } from '../../src/base/index.ts';

function createService(
  name: string,
  seen: string[],
  faulty: 'start' | 'stop' | 'nothing' = 'nothing',
): Service {
  const step = async (what: 'start' | 'stop'): Promise<void> => {
    seen.push(`${what} ${name}`);
    if (faulty === what) throw new Error(`${name} does not ${what}`);
  };
  return { name, start: () => step('start'), stop: () => step('stop') };
}

test('services start in order and stop in the opposite order', async () => {
  const seen: string[] = [];
  const services = [createService('pool', seen), createService('loop', seen)];
  await startAll(services);
  await stopAll(services);
  assert.deepEqual(seen, ['start pool', 'start loop', 'stop loop', 'stop pool']);
});

test('when one does not start, those before it are stopped and the fault is passed on', async () => {
  const seen: string[] = [];
  const services = [createService('a', seen), createService('b', seen, 'start'), createService('c', seen)];
  await assert.rejects(startAll(services), /b does not start/);
  assert.deepEqual(seen, ['start a', 'start b', 'stop a']);
});

test('when one does not stop, the others are stopped all the same', async () => {
  const seen: string[] = [];
  const services = ['a', 'b', 'c'].map((name) =>
    createService(name, seen, name === 'a' ? 'nothing' : 'stop'),
  );
  await assert.rejects(stopAll(services), /c does not stop/);
  assert.deepEqual(seen, ['stop c', 'stop b', 'stop a']);
});
