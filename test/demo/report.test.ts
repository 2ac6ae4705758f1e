import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupFailures } from '../../demo/failures.ts';
import { plainPaint } from '../../demo/paint.ts';
import { diffPassages } from '../../demo/passages.ts';
import { printSignpost, printStory, type Story } from '../../demo/report.ts';

const story: Story = {
  bodyBytes: 3_620_023,
  counters: {
    total: 10_100,
    waiting: 0,
    created: 10_000,
    updated: 60,
    unchanged: 0,
    invalid: 37,
    ambiguous: 2,
    not_found: 1,
    cancelled: 0,
    started: 10_000,
    skipped_reentry: 60,
  },
  runs: { active: 0, waiting: 0, ended: 9_998, failed: 2 },
  failures: [
    { rows: 4, code: 400, text: 'phones: expected a phone number, got “call\u001b[2J me”', firstRow: 17 },
    { rows: 1, code: 409, text: 'CRM_ID: several profiles match', firstRow: 9_000 },
  ],
  workflowName: 'Demo: welcome',
  passages: [
    {
      node: 'big_city',
      outcomes: [
        ['no', 5_880],
        ['yes', 4_120],
      ],
    },
    { node: 'welcomed', outcomes: [['end', 4_120]] },
  ],
  sink: { calls: 4_120, repeated: 0, withoutKey: 0, unreadable: 0 },
  mail: { connections: 10, accepted: 4_037, greylisted: 0, refused: 83 },
  acceptMs: 210,
  importMs: 1_010,
  workflowMs: 4_000,
};

test('the summary says what became of rows, runs and calls, and how long it took', () => {
  assert.equal(
    printStory(story, plainPaint),
    `  10,100 rows, sent in one request of 3.6 MB
    created        10,000
    updated            60
    unchanged           0
    failed             40  put in on purpose; they did not stop the others

  Why rows failed
       4 × 400 phones: expected a phone number, got “call·[2J me”  first at [17]
       1 × 409 CRM_ID: several profiles match  first at [9000]

  Runs of the workflow “Demo: welcome”
    started        10,000
    skipped            60  the customer was inside already
    ended           9,998
    failed              2
      big_city  no 5,880, yes 4,120
      welcomed  end 4,120

  API calls that reached the demo's own endpoint
    received        4,120
    distinct        4,120  by Idempotency-Key; none came twice

  E-mails that reached the demo's own catcher
    received        4,037  over 10 connections
    refused            83  no such mailbox

  Time since the request was sent
    accepted       0.21 s  48,095 per second    stored, and safe from any crash
    imported       1.01 s  10,000 per second    every row in, every run started
    all done       4.00 s  2,500 per second     with the two seconds that some runs wait
`,
  );
});

test('what did not happen is not mentioned, what went wrong is', () => {
  const quiet = { ...story.counters, invalid: 0, ambiguous: 0, not_found: 0, skipped_reentry: 0 };
  const text = printStory(
    {
      ...story,
      counters: quiet,
      failures: [],
      passages: [],
      runs: { active: 1, waiting: 2, ended: 9_997, failed: 0 },
      sink: { calls: 10, repeated: 2, withoutKey: 1, unreadable: 3 },
    },
    plainPaint,
  );
  assert.match(text, /failed +0\n\n +Runs/);
  assert.doesNotMatch(text, /Why rows failed|skipped|on purpose/);
  assert.match(text, /under way +3\n/);
  assert.match(text, /distinct +7 +by Idempotency-Key; 2 were repeats\n +without key +1\n/);
  assert.match(text, /unreadable +3\n/);
});

test('the signpost has lines to paste, and the page on which the first account is made', () => {
  const text = printSignpost(
    {
      url: 'http://127.0.0.1:8080',
      token: 'secret-of-the-demo',
      tokenFile: 'data/demo.token',
      sinkUrl: 'http://127.0.0.1:8081',
      databaseId: 2,
      workflowId: 3,
      taskId: '30421978-7f6d-4f39-913f-fb6cad8e2477',
      sample: { field: 'CRM_ID', value: 'C 1&2' },
    },
    plainPaint,
  );
  assert.match(text, /http:\/\/127\.0\.0\.1:8080\/#setup=secret-of-the-demo\n/);
  assert.match(text, /TOKEN='secret-of-the-demo'\n/);
  assert.match(text, /kept in data\/demo\.token/);
  assert.match(text, /\/api\/admin\/workflows\/3\/counts\n/);
  assert.match(text, /'[^']*\/api\/admin\/profiles\?database_id=2&field=CRM_ID&value=C%201%262'\n/);
  assert.match(text, /-d '\{"task_id":"30421978-[^']+","result_limit":5\}'\n/);
});

test('failed rows are grouped by reason, whatever value was at fault', () => {
  const results = [
    { profile_id: '0'.repeat(24) },
    { error: 400, error_text: 'phones: expected a phone number, got “call me”', field: 'phones' },
    { error: 400, error_text: 'email: expected an e-mail address, got “x”', field: 'email' },
    { error: 400, error_text: 'phones: expected a phone number, got the number 7', field: 'phones' },
    { error: 409, error_text: 'several profiles match' },
  ];
  assert.deepEqual(groupFailures(results), [
    { rows: 2, code: 400, text: 'phones: expected a phone number, got “call me”', firstRow: 1 },
    { rows: 1, code: 400, text: 'email: expected an e-mail address, got “x”', firstRow: 2 },
    { rows: 1, code: 409, text: 'several profiles match', firstRow: 4 },
  ]);
});

test('passages are what came between two looks, over all versions', () => {
  const live = { active: 0, waiting: 0 };
  const before = [{ version: 1, node: 'check', ...live, passed: { yes: 5, no: 1 } }];
  const after = [
    { version: 1, node: 'check', ...live, passed: { yes: 5, no: 1 } },
    { version: 2, node: 'check', ...live, passed: { yes: 2, no: 4 } },
    { version: 2, node: 'start', ...live, passed: { next: 6 } },
  ];
  assert.deepEqual(diffPassages(before, after, ['start', 'check', 'idle']), [
    { node: 'start', outcomes: [['next', 6]] },
    {
      node: 'check',
      outcomes: [
        ['no', 4],
        ['yes', 2],
      ],
    },
  ]);
});
