import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import type { JsonValue } from '../../src/base/index.ts';
import {
  DefinitionError,
  publishWorkflow,
  requireDefaultStart,
  updateWorkflow,
} from '../../src/workflow/index.ts';
import { draft, faultsOf } from './definition-faults.ts';
import { createBench, type WorkflowBench } from './workflow-bench.ts';

let bench: WorkflowBench;
before(async () => {
  bench = await createBench();
});
beforeEach(() => bench.clear());
after(() => bench.drop());

const start = { id: 'in', type: 'start', next: 'out' };
const end = { id: 'out', type: 'end' };
const events = 'profile_created, profile_updated, subscription_changed, segment_entered';
const statuses = 'subscribed, unsubscribed, complained, hardbounced, unconfirmed, suspended, invalid';

const refused: [what: string, definition: JsonValue, faults: string[]][] = [
  [
    'a second Default beside starts with an event',
    {
      nodes: [
        { ...start, id: 'first', on: 'profile_created' },
        { ...start, name: 'Default' },
        { ...start, id: 'in2' },
        { ...start, id: 'second', on: 'profile_updated' },
        end,
      ],
    },
    ['nodes.in2.type: there is a start named Default already: in'],
  ],
  [
    'a start with a name and an event',
    { nodes: [{ ...start, name: 'Default', on: 'profile_created' }, end] },
    ['nodes.in.name: a start with `on` has no name: it is not for the API'],
  ],
  [
    'an unknown event, whatever stands beside it',
    { nodes: [{ ...start, on: 'birthday', filter: { a: 1 }, segment_id: 'x' }, end] },
    [`nodes.in.on: expected one of ${events}`],
  ],
  [
    'an event that is no text',
    { nodes: [{ ...start, on: null }, end] },
    [`nodes.in.on: expected one of ${events}`],
  ],
  [
    'a filter of the start named Default',
    { nodes: [{ ...start, filter: {} }, end] },
    ['nodes.in.filter: a node of this type has no such key'],
  ],
  [
    'keys of another event',
    { nodes: [{ ...start, on: 'profile_created', resource_id: 1, segment_id: 1 }, end] },
    [
      'nodes.in.resource_id: a node of this type has no such key',
      'nodes.in.segment_id: a node of this type has no such key',
    ],
  ],
  [
    'what is no resource, channel or status',
    {
      nodes: [
        { ...start, on: 'subscription_changed', resource_id: 1.5, channel: 'fax', status: 1, event: 'lost' },
        end,
      ],
    },
    [
      'nodes.in.resource_id: expected an id, a whole number from 1',
      'nodes.in.channel: expected one of email, sms, push, notify, viber, whatsapp, telegram_bot',
      `nodes.in.status: expected one of ${statuses}`,
      'nodes.in.event: expected one of subscribed, unsubscribed, complain, hardbounced',
    ],
  ],
  [
    'a trigger of a segment that it does not name',
    { nodes: [{ ...start, on: 'segment_entered' }, end] },
    ['nodes.in.segment_id: expected an id, a whole number from 1'],
  ],
  [
    'a segment whose id cannot be one',
    { nodes: [{ ...start, on: 'segment_entered', segment_id: 2_147_483_648 }, end] },
    ['nodes.in.segment_id: expected an id, a whole number from 1'],
  ],
  [
    'what no start leads to',
    {
      nodes: [
        { ...start, on: 'profile_created' },
        { ...start, id: 'in2', on: 'profile_created', next: 'b' },
        { id: 'b', type: 'end' },
        { id: 'c', type: 'end' },
        end,
      ],
    },
    ['nodes.c: no path leads here from a start'],
  ],
  [
    'an edge into a start with an event',
    {
      nodes: [
        { ...start, next: 'in2' },
        { id: 'in2', type: 'start', on: 'profile_created', next: 'out' },
        end,
      ],
    },
    ['nodes.in.next: an edge cannot lead into a start node'],
  ],
];

for (const [what, definition, faults] of refused) {
  test(`publishing refuses ${what}`, async () => {
    assert.deepEqual((await faultsOf(bench, definition)).sort(), faults.toSorted());
  });
}

test('starts with an event need no Default beside them; then the API cannot start the workflow', async () => {
  const { db, clock } = bench;
  const nodes = [
    { ...start, on: 'profile_created' },
    { ...start, id: 'in2', on: 'segment_entered', segment_id: 7, filter: { points: 1 } },
    { ...start, id: 'in3', on: 'subscription_changed', resource_id: 1, channel: 'sms', status: 'subscribed' },
    end,
  ];
  const id = await draft(bench, { nodes });
  await publishWorkflow(db, clock, id);
  const target = await bench.target(id);
  assert.deepEqual([target.version, target.startNode], [1, null]);
  assert.throws(() => requireDefaultStart(target), {
    ...{ code: 409, field: 'workflow_id' },
    detail: `workflow_id: workflow ${id} has no start named Default: only triggers start it`,
  });
  const stored = sql<{ triggers: JsonValue }>`select triggers from workflow_version order by version`;
  assert.deepEqual((await stored.execute(db)).rows, [{ triggers: nodes.slice(0, 3) }]);

  await updateWorkflow(db, clock, id, { definition: { nodes: [...nodes, { id: 'api', type: 'start' }] } });
  await publishWorkflow(db, clock, id);
  assert.equal((await bench.target(id)).startNode, 'api');
  requireDefaultStart(await bench.target(id));

  await updateWorkflow(db, clock, id, { definition: { nodes } });
  await assert.rejects(publishWorkflow(db, clock, id), (thrown) => {
    assert.ok(thrown instanceof DefinitionError);
    const why = 'the published version has a start named Default, so tasks may be on their way';
    assert.deepEqual(thrown.faults, [
      { path: 'nodes', message: `${why}: keep one, if need be without next` },
    ]);
    return true;
  });

  await updateWorkflow(db, clock, id, { definition: { nodes: [start, end] } });
  await publishWorkflow(db, clock, id);
  assert.equal(
    (await stored.execute(db)).rows[2]?.triggers,
    null,
    'without an event there is nothing to find',
  );
});
