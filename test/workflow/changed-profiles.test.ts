import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChangedProfiles } from '../../src/workflow/triggers/changed-profiles.ts';
import { changeOf, segmentChange } from './trigger-scene.ts';

const fields = (points: number) => ({ fields: { points } });

test('changes of one profile become one, from the first state to the last, as deep as the deepest', () => {
  const changes = new ChangedProfiles();
  changes.note(changeOf('a', fields(1), fields(2)), 4);
  changes.note(changeOf('b', fields(1), fields(2)), 0);
  changes.note(changeOf('a', fields(2), fields(3)), 2);
  assert.deepEqual(changes.byDepth(), [
    [0, [changeOf('b', fields(1), fields(2))]],
    [4, [changeOf('a', fields(1), fields(3))]],
  ]);
});

test('a profile whose segments alone changed stays one that was not updated', () => {
  const changes = new ChangedProfiles();
  changes.note(segmentChange('a', [1, 2]), 0);
  changes.note(segmentChange('a', [2, 3]), 0);
  const [[, [change]] = [0, []]] = changes.byDepth();
  assert.equal(change?.before, change?.after);
  assert.deepEqual(change?.enteredSegments, [1, 2, 3]);
});

test('segments that a profile enters before or after it is updated leave it updated', () => {
  for (const [first, second] of [
    [segmentChange('a', [1]), changeOf('a', {}, fields(1))],
    [changeOf('a', {}, fields(1)), segmentChange('a', [1])],
  ] as const) {
    const changes = new ChangedProfiles();
    changes.note(first, 0);
    changes.note(second, 0);
    assert.deepEqual(changes.byDepth(), [[0, [{ ...changeOf('a', {}, fields(1)), enteredSegments: [1] }]]]);
  }
});
