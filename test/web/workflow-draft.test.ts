import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  addNode,
  connect,
  copyNodes,
  type Draft,
  disconnect,
  linksOf,
  moveNodes,
  type OutputsByType,
  outputsOf,
  pasteNodes,
  printDraft,
  readDraft,
  removeNodes,
  renameNode,
  setSettings,
} from '../../web/src/pages/workflow-editor/draft.ts';
import { doStep, redo, startHistory, undo } from '../../web/src/pages/workflow-editor/history.ts';
import { layOut, NODE_HEIGHT, NODE_WIDTH } from '../../web/src/pages/workflow-editor/lay-out.ts';

const types: OutputsByType = new Map([
  ['start', [{ key: 'next', outcome: 'next' }]],
  [
    'condition',
    [
      { key: 'yes', outcome: 'yes' },
      { key: 'no', outcome: 'no' },
    ],
  ],
  ['split', [{ key: 'branches[].next', outcome: 'branch' }]],
  [
    'wait_event',
    [
      { key: 'next', outcome: 'next' },
      { key: 'timed_out', outcome: 'timed_out' },
    ],
  ],
  ['end', []],
]);

const definition = {
  nodes: [
    { id: 'start', type: 'start', name: 'Default', next: 'check' },
    { id: 'check', type: 'condition', filter: { a: 1 }, yes: 'parts', no: 'end' },
    { id: 'parts', type: 'split', branches: [{ share: 1, next: 'wait' }, { share: 3 }] },
    { id: 'wait', type: 'wait_event', event: 'clicked', node: 'check', timeout: 'P1D', timed_out: 'end' },
    { id: 'end', type: 'end' },
  ],
};
const draft = readDraft(definition);

function linkTexts(of: Draft): string[] {
  return linksOf(of, types).map(({ source, output, target }) => `${source} ${output.outcome} ${target}`);
}

test('a definition is read and printed as it was, in both forms of its nodes', () => {
  assert.deepEqual(printDraft(draft), definition);
  const byId = {
    nodes: Object.fromEntries(definition.nodes.map(({ id, ...node }) => [id, node])),
    layout: { end: { x: 1, y: 2 } },
  };
  assert.deepEqual(printDraft(readDraft(byId)), { nodes: definition.nodes, layout: byId.layout });
  assert.deepEqual(readDraft('nothing'), { nodes: [], layout: {} });
});

test('the ways of every node are links, those of a split by branch', () => {
  assert.deepEqual(linkTexts(draft), [
    ...['start next check', 'check yes parts', 'check no end', 'parts branch 1 wait', 'wait timed_out end'],
  ]);
  const split = draft.nodes.find(({ id }) => id === 'parts');
  assert.ok(split !== undefined);
  assert.deepEqual(
    outputsOf(split, types).map(({ key }) => key),
    ['branches[0].next', 'branches[1].next'],
  );
});

test('connecting and disconnecting change one way', () => {
  const connected = connect(draft, 'parts', 'branches[1].next', 'end');
  assert.ok(linkTexts(connected).includes('parts branch 2 end'));
  assert.deepEqual(disconnect(connected, 'parts', 'branches[1].next'), draft);
  assert.ok(!linkTexts(disconnect(draft, 'check', 'no')).includes('check no end'));
});

test('removing a node takes the ways to it along; renaming leads them on', () => {
  const removed = removeNodes(draft, new Set(['end', 'parts']), types);
  assert.deepEqual(linkTexts(removed), ['start next check']);
  const renamed = renameNode(draft, 'check', 'first', types);
  assert.deepEqual(linkTexts(renamed).slice(0, 2), ['start next first', 'first yes parts']);
  assert.equal(renamed.nodes.find(({ id }) => id === 'wait')?.['node'], 'first');
});

test('copied nodes come in under free ids, with the ways between them', () => {
  const copied = copyNodes(draft, new Set(['parts', 'wait']), types);
  assert.deepEqual(linkTexts(copied), ['parts branch 1 wait']);
  const { draft: pasted, ids } = pasteNodes(draft, copied, types);
  assert.deepEqual([...ids], ['parts_2', 'wait_2']);
  assert.deepEqual(linkTexts(pasted), [...linkTexts(draft), 'parts_2 branch 1 wait_2']);
});

test('laid out, no two nodes lie on each other', () => {
  const places = Object.values(layOut(draft, types));
  assert.equal(places.length, 5);
  for (const [index, one] of places.entries()) {
    for (const other of places.slice(index + 1)) {
      const isApart = Math.abs(one.x - other.x) >= NODE_WIDTH || Math.abs(one.y - other.y) >= NODE_HEIGHT;
      assert.ok(isApart, JSON.stringify([one, other]));
    }
  }
});

const id = fc.constantFrom('start', 'check', 'parts', 'wait', 'end', 'end_2', 'split_2', 'condition');
const edit: fc.Arbitrary<(of: Draft) => Draft> = fc.oneof(
  fc
    .constantFrom('condition', 'split', 'end')
    .map((type) => (of: Draft) => addNode(of, type, { a: 1 }, { x: 0, y: 0 }).draft),
  fc.tuple(id, fc.constantFrom('next', 'yes', 'no', 'branches[0].next'), id).map(
    ([source, key, target]) =>
      (of: Draft) =>
        connect(of, source, key, target),
  ),
  id.map((one) => (of: Draft) => removeNodes(of, new Set([one]), types)),
  id.map((one) => (of: Draft) => setSettings(of, one, { b: 2 })),
  id.map((one) => (of: Draft) => moveNodes(of, { [one]: { x: 5, y: 6 } })),
  fc.tuple(id, id).map(
    ([one, other]) =>
      (of: Draft) =>
        pasteNodes(of, copyNodes(of, new Set([one, other]), types), types).draft,
  ),
);

test('whatever is done can be undone to the beginning and done again to the end', () => {
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 30 }), (edits) => {
      let history = startHistory(draft);
      for (const change of edits) history = doStep(history, change(history.present));
      const end = history.present;
      const steps = history.past.length;
      for (let step = 0; step < steps; step += 1) history = undo(history);
      assert.deepEqual(history.present, draft);
      assert.equal(undo(history), history);
      for (let step = 0; step < steps; step += 1) history = redo(history);
      assert.deepEqual(history.present, end);
      assert.equal(redo(history), history);
      // What an edit leaves can be sent and read again.
      assert.deepEqual(readDraft(printDraft(end)).nodes, end.nodes);
    }),
  );
});
