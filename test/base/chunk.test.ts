import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chunkBySize, groupBy } from '../../src/base/index.ts';

test('slices hold at most so many, in order', () => {
  assert.deepEqual(chunkBySize([1, 2, 3, 4, 5], 2), [[1, 2], [3, 4], [5]]);
  assert.deepEqual(chunkBySize([1, 2], 2), [[1, 2]]);
  assert.deepEqual(chunkBySize([], 2), []);
});

test('groups and their items keep the order of first appearance', () => {
  const groups = groupBy(['bb', 'a', 'cc', 'd'], (text) => text.length);
  assert.deepEqual(
    [...groups],
    [
      [2, ['bb', 'cc']],
      [1, ['a', 'd']],
    ],
  );
});
