import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JsonObject, type JsonValue, parseJson } from '../../src/base/index.ts';
import { fieldTypes, type ProfileState, requiredFieldFault } from '../../src/profiles/index.ts';
import { makeShape, NOTHING, patched, patchState } from './made-shape.ts';

const MAX_INT = Number.MAX_SAFE_INTEGER;
const shape = makeShape([
  ...fieldTypes.map((type) =>
    type === 'enum' ? { name: type, type, options: ['S', '1', 'L'] } : { name: type, type },
  ),
  { name: 'needed', type: 'tags', required: true },
  { name: 'badge', type: 'int', unique: true },
  { name: 'short', type: 'tags', match: true },
]);

function withFields(fields: JsonObject): ProfileState {
  return { fields, subscriptions: [] };
}

/** What is there, the update, and what is there afterwards: undefined = no such field. */
const fits: readonly (readonly [
  field: string,
  before: JsonValue | undefined,
  update: JsonObject,
  after: JsonValue | undefined,
])[] = [
  ['int', undefined, { action: 'incr', value: 5 }, 5],
  ['int', 5, { action: 'incr', value: '-7' }, -2],
  ['int', 5, { action: 'incr', value: -5 }, 0],
  ['int', MAX_INT - 1, { action: 'incr', value: 1 }, MAX_INT],
  ['float', undefined, { action: 'incr', value: 0.5 }, 0.5],
  ['float', 0.5, { action: 'incr', value: 1 }, 1.5],
  ['_status', 1, { action: 'incr', value: 1 }, 2],
  ['int', 5, { action: 'set', value: '6' }, 6],
  ['string', 'a', { action: 'set', value: 7 }, '7'],
  ['enum', 'S', { action: 'set', value: 2 }, 'L'],
  ['object', undefined, { action: 'set', value: { a: 1 } }, { a: 1 }],
  ['string', 'a', { action: 'unset' }, undefined],
  ['string', undefined, { action: 'unset' }, undefined],
  ['phones', ['+79860000001'], { action: 'unset', value: null }, undefined],
  ['badge', 5, { action: 'unset' }, undefined],
  ['tags', undefined, { action: 'add', value: 'b,a' }, ['a', 'b']],
  ['tags', ['a'], { action: 'add', value: ['a', 'c'] }, ['a', 'c']],
  ['tags', ['a', 'b'], { action: 'delete', value: 'a' }, ['b']],
  ['tags', ['a'], { action: 'delete', value: ['a', 'x'] }, []],
  ['tags', undefined, { action: 'delete', value: ['a'] }, undefined],
  ['phones', ['+79860000001'], { action: 'add', value: '89860000002' }, ['+79860000001', '+79860000002']],
  ['phones', ['+79860000001', '+79860000002'], { action: 'delete', value: 9860000001 }, ['+79860000002']],
  ['objects', undefined, { action: 'add', value: { a: 1 } }, [{ a: 1 }]],
  ['objects', [{ a: 1 }], { action: 'add', value: [{ a: 1 }, { b: 2 }] }, [{ a: 1 }, { a: 1 }, { b: 2 }]],
  ['objects', [{ a: 1 }, { b: 2 }], { action: 'delete', value: { b: 2 } }, [{ a: 1 }]],
  [
    'objects',
    [{ a: 1, b: { c: 1 } }, { b: { c: 2 } }],
    { action: 'delete', value: 1, submatch: 'b.c' },
    [{ b: { c: 2 } }],
  ],
  ['objects', [{ a: 1 }, { a: 2 }, { a: 3 }], { action: 'delete', value: [1, 3], submatch: 'a' }, [{ a: 2 }]],
  ['objects', [{ a: 1 }, { b: 2 }], { action: 'upsert', value: 5, submatch: 'a' }, [{ a: 5 }, { b: 2 }]],
  ['objects', undefined, { action: 'upsert', value: 5, submatch: 'a' }, []],
  ['object', undefined, { action: 'upsert', value: 5, submatch: 'a' }, { a: 5 }],
  [
    'object',
    { a: { b: 1, c: 2 } },
    { action: 'upsert', value: [9], submatch: 'a.b' },
    { a: { b: [9], c: 2 } },
  ],
  ['object', { a: 'text' }, { action: 'upsert', value: 1, submatch: 'a.b' }, { a: { b: 1 } }],
  // An object may have an action of its own, if only it looks like none of ours.
  ['object', undefined, { action: 'buy', value: 1 }, { action: 'buy', value: 1 }],
  ['object', undefined, { action: 'add', value: 1, price: 2 }, { action: 'add', value: 1, price: 2 }],
];

test('functional updates do to what is there what their action says', () => {
  for (const [field, before, update, expected] of fits) {
    const state = withFields({ _fname: 'x', ...(before === undefined ? {} : { [field]: before }) });
    const { fields } = patched(shape, state, { [field]: update });
    const rest = expected === undefined ? {} : { [field]: expected };
    assert.deepEqual(fields, { _fname: 'x', ...rest }, JSON.stringify([field, before, update]));
  }
});

test('an update that changes nothing leaves the very object', () => {
  const state = withFields({ tags: ['a'], int: 1, objects: [{ a: 1 }] });
  for (const data of [
    { tags: { action: 'add', value: 'a' } },
    { tags: { action: 'delete', value: 'x' } },
    { int: { action: 'incr', value: 0 } },
    { string: { action: 'unset' } },
    { objects: { action: 'upsert', value: 1, submatch: 'a' } },
    { objects: { action: 'upsert', value: 1, submatch: 'z' } },
    { tags: null, int: '1' },
  ]) {
    assert.equal(patched(shape, state, data), state, JSON.stringify(data));
  }
});

/** Updates that are refused, and what is said after the name of the field. */
const misfits: readonly (readonly [
  field: string,
  before: JsonValue | undefined,
  update: JsonValue,
  text: RegExp,
])[] = [
  ['int', MAX_INT, { action: 'incr', value: 1 }, /^expected a whole number between/],
  ['int', -MAX_INT, { action: 'incr', value: -1 }, /^expected a whole number between/],
  ['int', 1, { action: 'incr', value: 0.5 }, /^expected a whole number/],
  ['int', 1, { action: 'incr' }, /^expected a value for the action incr$/],
  ['float', 1.7e308, { action: 'incr', value: 1.7e308 }, /^expected a number/],
  ['email', 'a@x.ru', { action: 'unset' }, /^this field cannot be unset$/],
  ['needed', ['a'], { action: 'unset' }, /^this field cannot be unset$/],
  ['badge', 1, { action: 'incr', value: 1 }, /^a unique field takes plain values, set and unset alone$/],
  ['string', 'a', { action: 'set', value: null }, /^expected a text, got null$/],
  ['string', 'a', { action: 'burn', value: 1 }, /^expected a text, got an object$/],
  ['tags', ['a'], { action: 'add', value: 5 }, /^expected a list of tags/],
  ['tags', ['a'], { action: 'add' }, /^expected a value for the action add$/],
  ['phones', [], { action: 'add', value: 'x' }, /^expected a phone number/],
  ['short', ['a'], { action: 'add', value: 'b'.repeat(512) }, /^longer than 512 characters together/],
  ['objects', [], { action: 'add', value: 'x' }, /^expected a list of objects/],
  ['objects', [{ a: 1 }], { action: 'delete', value: 1 }, /^expected a list of objects/],
  ['objects', [{ a: 1 }], { action: 'delete', value: 1, submatch: '' }, /^expected submatch to be/],
  ['object', {}, { action: 'upsert', value: 1 }, /^expected submatch to be a property/],
  ['object', {}, { action: 'upsert', submatch: 'a' }, /^expected a value for the action upsert$/],
  ['object', {}, { action: 'upsert', value: 1, submatch: 'a..b' }, /^expected submatch/],
  ['object', {}, { action: 'upsert', value: 1, submatch: 7 }, /^expected submatch/],
  ['object', {}, { action: 'upsert', value: 1, submatch: 'a.b.c.d.e.f.g.h.i' }, /^expected submatch/],
  [
    'object',
    {},
    { action: 'upsert', value: [[]], submatch: 'a.b.c.d.e.f.g' },
    /^nested deeper than 8 levels$/,
  ],
  ['object', {}, { action: 'upsert', value: 'a\u0000', submatch: 'a' }, /NUL/],
  ...['__proto__', 'a.__proto__.b', 'constructor', 'toString.a'].map(
    (submatch) =>
      [
        'object',
        {},
        { action: 'upsert', value: 1, submatch },
        /^submatch names a reserved property$/,
      ] as const,
  ),
];

test('an update that does not fit names its field and changes nothing', () => {
  for (const [field, before, update, text] of misfits) {
    const state = withFields(before === undefined ? {} : { [field]: before });
    const kept = structuredClone(state);
    const after = patchState(shape, state, { _city: 'Omsk', [field]: update });
    const shown = JSON.stringify([field, update, after]);
    assert.ok(!after.ok, shown);
    assert.deepEqual([after.error.code, after.error.field], [400, field], shown);
    assert.ok(after.error.text.startsWith(`${field}: `), shown);
    assert.match(after.error.text.slice(field.length + 2), text, shown);
    assert.deepEqual(state, kept);
  }
  assert.equal(Object('').polluted, undefined);
});

test('each action fits the types it is for, and no other', () => {
  const allowed: Readonly<Record<string, readonly string[]>> = {
    incr: ['int', 'float'],
    add: ['tags', 'objects', 'phones'],
    delete: ['tags', 'objects', 'phones'],
    upsert: ['object', 'objects'],
  };
  const values: Readonly<Record<string, JsonValue>> = {
    tags: 'a',
    phones: '+79860000001',
    objects: [{ a: 1 }],
  };
  for (const [action, types] of Object.entries(allowed)) {
    for (const field of [...fieldTypes, 'phones', 'email', '_sex', '_tz', '_bdate']) {
      const update = { action, value: values[field] ?? 1, ...(action === 'upsert' ? { submatch: 'a' } : {}) };
      const after = patchState(shape, NOTHING, { [field]: update });
      assert.equal(after.ok, types.includes(field), `${action} of ${field}`);
      if (after.ok) continue;
      const text = `${field}: the action ${action} does not fit a field of the type ${shape.fields.get(field)?.type}`;
      assert.deepEqual(after.error, { code: 400, text, field });
    }
  }
});

test('objects are kept as they are, with keys of any name', () => {
  const value = parseJson('{"__proto__":{"a":[1,{"constructor":null}]},"b":"\\u00e9"}');
  const { fields } = patched(shape, NOTHING, { object: value, objects: [value, {}] });
  assert.equal(JSON.stringify(fields), JSON.stringify({ object: value, objects: [value, {}] }));
  const added = patched(
    shape,
    { fields, subscriptions: [] },
    { object: { action: 'upsert', submatch: 'c', value: 1 } },
  );
  assert.equal(
    JSON.stringify(added.fields['object']),
    '{"__proto__":{"a":[1,{"constructor":null}]},"b":"é","c":1}',
  );
  const refused: readonly (readonly [name: string, value: JsonValue, text: RegExp])[] = [
    ['object', [], /an object, got a list/],
    ['object', 'x', /an object/],
    ['object', { a: '\ud800' }, /surrogate/],
    ['object', { 'a\u0000': 1 }, /NUL/],
    ['object', parseJson(`${'{"a":'.repeat(9)}1${'}'.repeat(9)}`), /deeper than 8/],
    ['objects', [{}, 1], /an object, got the number 1/],
    ['objects', [{ a: '\u0000' }], /NUL/],
    ['objects', Array(1_001).fill({}), /more than 1000 objects/],
    ['objects', 5, /a list of objects/],
  ];
  for (const [name, bad, text] of refused) {
    const after = patchState(shape, NOTHING, { [name]: bad });
    assert.ok(!after.ok);
    assert.equal(after.error.field, name);
    assert.match(after.error.text, text);
  }
  assert.deepEqual(patched(shape, NOTHING, { objects: { a: 1 } }).fields, { objects: [{ a: 1 }] });
});

test('ordinals of enums come as numbers or texts; an option of that name goes before', () => {
  for (const [sent, stored] of [
    [0, 'S'],
    ['0', 'S'],
    ['2', 'L'],
    [1, '1'],
    ['1', '1'],
    ['L', 'L'],
  ] as const) {
    assert.deepEqual(patched(shape, NOTHING, { enum: sent }).fields, { enum: stored });
  }
  for (const sent of [3, '3', -1, 1.5, '01.', 's', '', true]) {
    assert.equal(patchState(shape, NOTHING, { enum: sent }).ok, false, String(sent));
  }
});

test('eight digits as text are a day', () => {
  for (const sent of ['20260131', ' 20260131 ']) {
    assert.deepEqual(patched(shape, NOTHING, { date: sent }).fields, { date: '2026-01-31' });
    assert.deepEqual(patched(shape, NOTHING, { datetime: sent }).fields, {
      datetime: '2026-01-31T00:00:00.000Z',
    });
  }
  for (const sent of ['20260230', '20260431'])
    assert.equal(patchState(shape, NOTHING, { date: sent }).ok, false);
});

test('a new profile must have every required field', () => {
  const text = 'needed: a new profile must have a value here';
  assert.deepEqual(requiredFieldFault(shape, NOTHING), { code: 400, text, field: 'needed' });
  assert.equal(requiredFieldFault(shape, patched(shape, NOTHING, { needed: 'a' })), undefined);
  assert.equal(
    requiredFieldFault(shape, patched(shape, NOTHING, { needed: { action: 'add', value: 'a' } })),
    undefined,
  );
});
