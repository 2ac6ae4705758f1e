import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { type JsonValue, MusterError } from '../../src/base/index.ts';
import {
  countNodes,
  createWorkflow,
  DefinitionError,
  listWorkflows,
  publishWorkflow,
  setWorkflowActive,
  updateWorkflow,
} from '../../src/workflow/index.ts';
import { draft, faultsOf } from './definition-faults.ts';
import { at, createBench, START, type WorkflowBench } from './workflow-bench.ts';

let bench: WorkflowBench;
before(async () => {
  bench = await createBench();
});
beforeEach(() => bench.clear());
after(() => bench.drop());

const start = { id: 'in', type: 'start', next: 'out' };
const end = { id: 'out', type: 'end' };

/** A workflow whose only node between start and end is this one. */
function around(node: Record<string, JsonValue>): JsonValue {
  return {
    nodes: [
      { ...start, next: 'n' },
      { id: 'n', ...node },
    ],
  };
}

function call(node: Record<string, JsonValue>): JsonValue {
  return around({ type: 'api_call', url: 'https://example.com/', ...node });
}

const types = [
  'start, content_filter, condition, delay, split, update_profile, update_subscription, segment',
  'api_call, send, wait_event, emit, workflow_jump, end',
].join(', ');
const duration = 'expected an ISO 8601 duration such as PT30M or P1DT12H';
const own = 'Muster sets this header itself';

const refused: [what: string, definition: JsonValue, faults: string[]][] = [
  ['no object', [], ['definition: expected an object with `nodes`']],
  ['no nodes', {}, ['nodes: expected a list of nodes']],
  ['an empty list', { nodes: [] }, ['nodes: there is no start node']],
  ['an unknown key at the root', { nodes: [start, end], edges: [] }, ['edges: a definition has no such key']],
  [
    'a node that is none',
    { nodes: [start, end, 'x', { type: 'end' }] },
    ['nodes[2]: expected an object', 'nodes[3].id: expected a text'],
  ],
  [
    'ids',
    { nodes: [start, end, { ...end, id: 'a b' }, end] },
    [
      'nodes.a b.id: expected 1 to 64 letters, digits, _ or -',
      'nodes.out.id: another node has this id',
      'nodes.a b: no path leads here from a start',
    ],
  ],
  [
    'an id that contradicts its key',
    { nodes: { in: { type: 'start' }, out: { id: 'exit', type: 'end' } } },
    ['nodes.out.id: expected the same id as the key'],
  ],
  ['an unknown type', around({ type: 'teleport', to: 'x' }), [`nodes.n.type: expected one of ${types}`]],
  ['a dead edge', { nodes: [{ ...start, next: 'x' }] }, ['nodes.in.next: there is no node "x"']],
  [
    'an edge that is no id',
    around({ type: 'delay', for: 'PT1S', next: 7 }),
    ['nodes.n.next: expected the id of a node'],
  ],
  [
    'an edge into the start',
    around({ type: 'delay', for: 'PT1S', next: 'in' }),
    ['nodes.n.next: an edge cannot lead into a start node'],
  ],
  [
    'an unreachable node',
    { nodes: [start, end, { id: 'island', type: 'delay', for: 'PT1S', next: 'out' }] },
    ['nodes.island: no path leads here from a start'],
  ],
  ['no start', { nodes: [end] }, ['nodes: there is no start node']],
  [
    'two starts',
    { nodes: [start, end, { id: 'in2', type: 'start', next: 'out' }] },
    ['nodes.in2.type: there is a start named Default already: in'],
  ],
  [
    'a start of another name',
    { nodes: [{ ...start, name: 'Other' }, end] },
    ['nodes.in.name: expected Default'],
  ],
  [
    'a cycle that spins',
    {
      nodes: [
        { ...start, next: 'a' },
        { id: 'a', type: 'condition', filter: {}, yes: 'b', no: 'c' },
        { id: 'b', type: 'content_filter', filter: {}, no: 'a' },
        { id: 'c', type: 'delay', for: 'PT1S', next: 'a' },
      ],
    },
    [
      'nodes.b.no: runs would spin: no delay, api_call, send, wait_event lets them rest in the cycle a → b → a',
    ],
  ],
  [
    'an unknown key',
    around({ type: 'end', next: 'in' }),
    ['nodes.n.next: a node of this type has no such key'],
  ],
  ['a blank reason', around({ type: 'end', reason: ' ' }), ['nodes.n.reason: expected 1 to 200 characters']],
  ['a missing duration', around({ type: 'delay' }), ['nodes.n.for: expected a text']],
  ['a bad duration', around({ type: 'delay', for: '5 minutes' }), [`nodes.n.for: ${duration}`]],
  [
    'a duration of nothing',
    around({ type: 'delay', for: 'PT0S' }),
    ['nodes.n.for: expected a duration longer than zero'],
  ],
  [
    'a negative duration',
    around({ type: 'delay', for: 'P1DT-1H' }),
    ['nodes.n.for: expected a duration without negative parts'],
  ],
  [
    'a duration beyond all bounds',
    around({ type: 'delay', for: 'P10Y1D' }),
    ['nodes.n.for: expected a duration of at most ten years'],
  ],
  ['a missing filter', around({ type: 'condition' }), ['nodes.n.filter: expected a filter']],
  [
    'no fields',
    around({ type: 'update_profile', fields: {} }),
    ['nodes.n.fields: expected an object of field names and values'],
  ],
  [
    'a field that the database does not have',
    around({ type: 'update_profile', fields: { points: 1, colour: 'red' } }),
    ['nodes.n.fields.colour: the database has no such field'],
  ],
  [
    'a fixed value that its field does not take',
    around({ type: 'update_profile', fields: { points: 'many', note: 'x' } }),
    ['nodes.n.fields.points: points: expected a whole number, got “many”'],
  ],
  [
    'a field set to null',
    around({ type: 'update_profile', fields: { points: null } }),
    ['nodes.n.fields.points: expected a value: null changes nothing'],
  ],
  ['a method', call({ method: 'TRACE' }), ['nodes.n.method: expected one of GET, POST, PUT, PATCH, DELETE']],
  ['no URL', around({ type: 'api_call' }), ['nodes.n.url: expected a text']],
  [
    'a URL of another scheme',
    call({ url: 'ftp://example.com' }),
    ['nodes.n.url: expected a URL that begins with http:// or https://'],
  ],
  [
    'a host from a template',
    call({ url: 'https://{lead.city}.example.com/' }),
    ['nodes.n.url: the host cannot come from a template, only path and query can'],
  ],
  [
    'a password in the URL',
    call({ url: 'https://me:secret@example.com/' }),
    ['nodes.n.url: user and password belong into an Authorization header'],
  ],
  ['a host that is none', call({ url: 'https:///{lead.city}' }), ['nodes.n.url: expected a valid URL']],
  [
    'headers',
    call({ headers: { 'X-A': 'a', 'x-a': 'b', 'Proxy-Connection': 'x', Host: 'x', 'bad name': 'x', n: 1 } }),
    [
      'nodes.n.headers.x-a: this header stands here twice',
      `nodes.n.headers.Proxy-Connection: ${own}`,
      `nodes.n.headers.Host: ${own}`,
      'nodes.n.headers.bad name: not a valid header name',
      'nodes.n.headers.n: expected a text',
    ],
  ],
  ['a body of a GET', call({ method: 'GET', body: {} }), ['nodes.n.body: a GET has no body']],
  [
    'time-out, retries and the name of an answer',
    call({ timeout: 121, retries: 1.5, save_as: '1st' }),
    [
      'nodes.n.timeout: expected a number from 0.1 to 120',
      'nodes.n.retries: expected a whole number from 0 to 10',
      'nodes.n.save_as: expected a name of letters, digits and _, not beginning with a digit',
    ],
  ],
];

for (const [what, definition, faults] of refused) {
  test(`publishing refuses ${what}`, async () => {
    // The stored draft has lost the order of the keys of an object.
    assert.deepEqual((await faultsOf(bench, definition)).sort(), faults.toSorted());
  });
}

test('every header that the connection owns is refused when it is published, not when it is sent', async () => {
  const names = ['accept-encoding', 'connection', 'content-length', 'expect', 'host', 'keep-alive', 'te'];
  names.push('proxy-connection', 'trailer', 'transfer-encoding', 'upgrade', 'idempotency-key');
  const headers = Object.fromEntries(names.map((name) => [name, 'x']));
  assert.deepEqual(
    (await faultsOf(bench, call({ headers }))).sort(),
    names.sort().map((name) => `nodes.n.headers.${name}: ${own}`),
  );
});

test('a fault in a template or a filter is told with its place', async () => {
  const faults = await faultsOf(bench, {
    nodes: [
      { ...start, next: 'c' },
      { ...start, id: 't', on: 'profile_updated', filter: { points: { $above: 1 } }, next: 'c' },
      { id: 'c', type: 'condition', filter: { points: { $above: 1 } }, yes: 'a', no: 'u' },
      {
        id: 'a',
        type: 'api_call',
        url: 'https://example.com/{lead.}',
        headers: { 'x-a': '{lead.' },
        body: { list: ['fine', 'one\n {lead.}'] },
      },
      { id: 'u', type: 'update_profile', fields: { note: 'x{lead.}' } },
    ],
  });
  assert.deepEqual(
    faults.map((fault) => /^nodes\.[^:]+(: line \d+, column \d+|:)/.exec(fault)?.[0]),
    [
      'nodes.t.filter.points.$above:',
      'nodes.c.filter.points.$above:',
      'nodes.a.url: line 1, column 21',
      'nodes.a.headers.x-a: line 1, column 1',
      'nodes.a.body.list[1]: line 2, column 2',
      'nodes.u.fields.note: line 1, column 2',
    ],
  );
});

test('nodes may be a list or an object by id, and an edge may be null', async () => {
  assert.deepEqual(await faultsOf(bench, { nodes: { in: { type: 'start', next: null } } }), []);
  assert.deepEqual(await faultsOf(bench, { nodes: [{ id: 'in', type: 'start', name: 'Default' }] }), []);
});

test('a draft is changed, published, activated and deactivated; its versions stay', async () => {
  const { db, clock } = bench;
  const id = await draft(bench, { nodes: [] });
  const notPublished = { code: 409, message: 'Conflict' };
  await assert.rejects(setWorkflowActive(db, clock, id, true), notPublished);
  await assert.rejects(publishWorkflow(db, clock, id), DefinitionError);

  const first = { nodes: [start, end] };
  clock.advance(1_000);
  await updateWorkflow(db, clock, id, { name: 'renamed', reentry: 'never', definition: first });
  clock.advance(1_000);
  const published = await publishWorkflow(db, clock, id);
  assert.deepEqual(published, {
    id,
    name: 'renamed',
    databaseId: bench.databaseId,
    reentry: 'never',
    definition: first,
    active: false,
    pausedAt: null,
    publishedVersion: 1,
    createdAt: START,
    updatedAt: new Date(START.getTime() + 2_000),
  });
  const activated = await setWorkflowActive(db, clock, id, true);
  assert.equal(activated.active, true);

  const second = { nodes: [{ ...start, id: 'door' }, end] };
  await updateWorkflow(db, clock, id, { definition: second });
  assert.equal((await bench.target(id)).startNode, 'in', 'a draft is not followed');
  assert.equal((await publishWorkflow(db, clock, id)).publishedVersion, 2);
  assert.deepEqual(await bench.target(id), {
    workflowId: id,
    databaseId: bench.databaseId,
    active: true,
    paused: false,
    reentry: 'never',
    version: 2,
    startNode: 'door',
  });
  const { rows } = await sql<{ version: number; definition: JsonValue; at: string }>`
    select version, definition, to_json(published_at at time zone 'utc') as at
      from workflow_version where workflow_id = ${id} order by version`.execute(db);
  assert.deepEqual(rows, [
    { version: 1, definition: first, at: at(2_000) },
    { version: 2, definition: second, at: at(2_000) },
  ]);

  clock.advance(1_000);
  const off = await setWorkflowActive(db, clock, id, false);
  assert.deepEqual([off.active, off.updatedAt.getTime() - START.getTime()], [false, 3_000]);
  clock.advance(1_000);
  const again = await setWorkflowActive(db, clock, id, false);
  assert.deepEqual(again.updatedAt, off.updatedAt, 'what is off already does not change');
});

test('an unknown workflow or database is 404, a name or draft that cannot be stored 400', async () => {
  const { db, clock, databaseId } = bench;
  const blank = { name: 'w', databaseId, reentry: 'each' as const, definition: {} };
  const code = (expected: number) => (thrown: unknown) =>
    thrown instanceof MusterError && thrown.code === expected;
  await assert.rejects(createWorkflow(db, clock, { ...blank, databaseId: 99 }), code(404));
  await assert.rejects(createWorkflow(db, clock, { ...blank, name: ' ' }), code(400));
  await assert.rejects(createWorkflow(db, clock, { ...blank, definition: { a: '\u0000' } }), code(400));
  await assert.rejects(updateWorkflow(db, clock, 99, { name: 'x' }), code(404));
  await assert.rejects(publishWorkflow(db, clock, 99), code(404));
  await assert.rejects(setWorkflowActive(db, clock, 99, false), code(404));
  await assert.rejects(countNodes(db, 99), code(404));
  assert.equal((await listWorkflows(db, { fromId: 1, limit: 9, databaseIds: null })).total, 0);
});

test('workflows are listed by pages, of all databases or of those asked for', async () => {
  const { db, databaseId } = bench;
  for (let n = 0; n < 3; n += 1) await draft(bench, { nodes: [] });
  const first = await listWorkflows(db, { fromId: 1, limit: 2, databaseIds: [databaseId] });
  assert.deepEqual([first.workflows.map(({ id }) => id), first.total, first.nextFromId], [[1, 2], 3, 3]);
  const last = await listWorkflows(db, { fromId: 3, limit: 2, databaseIds: null });
  assert.deepEqual([last.workflows.map(({ id }) => id), last.total, last.nextFromId], [[3], 3, null]);
  const other = await listWorkflows(db, { fromId: 1, limit: 2, databaseIds: [databaseId + 1] });
  assert.deepEqual([other.workflows, other.total, other.nextFromId], [[], 0, null]);
});
