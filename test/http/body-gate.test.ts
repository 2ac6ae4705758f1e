import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BodyGate, SMALL_BODY_BYTES } from '../../src/http/body-gate.ts';

const MB = 1_048_576;
const never = new AbortController().signal;

/** Names in the order in which their turn came. */
class Turns {
  readonly gate: BodyGate;
  readonly come: string[] = [];
  readonly #leave = new Map<string, () => void>();

  constructor(largeBytes: number) {
    this.gate = new BodyGate(largeBytes);
  }

  async enter(name: string, bytes: number, givenUp = never): Promise<void> {
    const pass = await this.gate.enter(bytes, givenUp);
    if (pass === undefined) return;
    this.come.push(name);
    this.#leave.set(name, pass.leave);
  }

  async leave(name: string): Promise<void> {
    this.#leave.get(name)?.();
    await this.settle();
  }

  /** Turns come in microtasks. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  }
}

test('bodies come in as long as there is room, the others in their order', async () => {
  const turns = new Turns(20 * MB);
  for (const name of ['a', 'b', 'c', 'd']) void turns.enter(name, 10 * MB);
  void turns.enter('e', MB);
  await turns.settle();
  assert.deepEqual(turns.come, ['a', 'b']);
  assert.deepEqual(turns.gate.figures, { waiting: 3, heldBytes: 20 * MB });
  await turns.leave('b');
  // The smaller one behind does not pass the larger one in front.
  assert.deepEqual(turns.come, ['a', 'b', 'c']);
  await turns.leave('b');
  assert.deepEqual(turns.come, ['a', 'b', 'c'], 'a place is given back once');
  await turns.leave('a');
  await turns.leave('c');
  assert.deepEqual(turns.come, ['a', 'b', 'c', 'd', 'e']);
  await turns.leave('d');
  await turns.leave('e');
  assert.deepEqual(turns.gate.figures, { waiting: 0, heldBytes: 0 });
});

test('small bodies never wait behind large ones, but for each other', async () => {
  const turns = new Turns(MB);
  void turns.enter('large', 5 * MB);
  void turns.enter('second', 5 * MB);
  for (let count = 0; count < 65; count += 1) void turns.enter(`small ${count}`, SMALL_BODY_BYTES);
  await turns.settle();
  assert.equal(turns.come.length, 1 + 64);
  assert.deepEqual(turns.gate.figures, { waiting: 2, heldBytes: 17 * MB });
  await turns.leave('small 0');
  assert.equal(turns.come.at(-1), 'small 64');
});

test('a body larger than its whole share comes in alone', async () => {
  const turns = new Turns(10 * MB);
  void turns.enter('a', MB);
  void turns.enter('huge', 50 * MB);
  await turns.settle();
  assert.deepEqual(turns.come, ['a']);
  await turns.leave('a');
  assert.deepEqual(turns.come, ['a', 'huge']);
});

test('who gives up leaves the queue, and makes way for those behind', async () => {
  const turns = new Turns(10 * MB);
  const leaving = new AbortController();
  void turns.enter('a', 6 * MB);
  void turns.enter('gone', 9 * MB, leaving.signal);
  void turns.enter('b', 4 * MB);
  await turns.settle();
  assert.deepEqual(turns.come, ['a']);
  leaving.abort();
  await turns.settle();
  assert.deepEqual(turns.come, ['a', 'b']);
  assert.deepEqual(turns.gate.figures, { waiting: 0, heldBytes: 10 * MB });
  await turns.enter('late', MB, leaving.signal);
  assert.equal(turns.gate.figures.waiting, 0);
});
