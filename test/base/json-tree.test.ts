import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { leavesOf, parseJson, parseJsonTree, renderJsonTree } from '../../src/base/index.ts';

test('every string of a document gets its path, and what is made of it stands in its place', () => {
  const value = parseJson('{"a": ["x", {"b": "y"}], "__proto__": "z", "n": [1, null, true, {}]}');
  const tree = parseJsonTree(value, 'body', (text, path) => (text === 'y' ? undefined : `${path}=${text}`));
  assert.deepEqual(leavesOf(tree), ['body.a[0]=x', 'body.__proto__=z']);
  assert.equal(
    JSON.stringify(renderJsonTree(tree, (leaf) => [leaf])),
    '{"a":[["body.a[0]=x"],{"b":null}],"__proto__":["body.__proto__=z"],"n":[1,null,true,{}]}',
  );
});

test('a document whose strings stay is the same', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const value = parseJson(text);
      const tree = parseJsonTree(value, '', (leaf) => leaf);
      assert.equal(JSON.stringify(renderJsonTree(tree, (leaf) => leaf)), JSON.stringify(value));
    }),
  );
});
