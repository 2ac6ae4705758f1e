import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { IMPORT, STATUS, TestMuster, TOKEN } from './test-muster.ts';

/** The requests of the page as it prints them, but for the workflow's id. */
const BY_EMAIL = `{
"token": "abcdefghijklmnqrstuvwxyz",
"workflow_id": 1,
"matching": "email",
"data": [
{
"data": {
"_fname": "Herbert",
"_lname": "Lambert",
"email": "example@example.com",
"phones": "+79862014852"
}
},
{
"data": {
"_fname": "Bert",
"_lname": "Lambert",
"email": "example@example.com",
"phones": "+79862014853"
}
}
]
}`;
const BY_FIELD = `{
"token": "abcdefghijklmnqrstuvwxyz",
"workflow_id": 1,
"matching": "custom",
"field_name": "New_field_7",
"data": [
{
"data": {
"_fname": "Kristina",
"_lname": "Lambert",
"email": "example@example.com",
"phones": "+79568150395",
"New_field_7": "00015"
}
},
{
"data": {
"_fname": "Christopher",
"_lname": "Lambert",
"email": "example@example.com",
"phones": "+79568150396",
"New_field_7": "00016"
}
}
]
}`;
const STATUS_OF_NONE = `{
"token": "abcdefghijklmnqrstuvwxyz",
"task_id": "task_b2f9fk6a-2479-4a63-b592-f15d4e3b69c5"
}`;
const TASK_ID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
/** The page prints its answers over several lines; without the white space they are these bytes. */
const ACCEPTED = new RegExp(`^{"error":0,"error_text":"Successful operation","task_id":"${TASK_ID}"}$`);
const COMPLETED =
  /^\{"data":\{"status":"completed","progress":100,"result":\{"error":0,"error_text":"","result":\[\{"profile_id":"([0-9a-f]{24})"\},\{"profile_id":"([0-9a-f]{24})"\}\]\},"counters":.*\},"error":0,"error_text":"Successful operation"\}$/;
const TOO_LARGE = '{"error":400,"error_debug":"http: request body too large","error_text":"Invalid request"}';

let muster: TestMuster;
before(async () => {
  muster = await TestMuster.start();
});
after(() => muster.stop());

/** Sends a request of the page and waits for its end; the two profile ids of the result. */
async function send(server: TestMuster, request: string): Promise<string[]> {
  const accepted = await server.post(IMPORT, request);
  assert.equal(accepted.status, 200);
  assert.match(accepted.text, ACCEPTED);
  const answer = await server.completed(accepted);
  const [, ...ids] = COMPLETED.exec(answer.text) ?? assert.fail(answer.text);
  return ids;
}

async function readProfiles(server: TestMuster): Promise<Map<string, unknown>> {
  const { rows } = await sql<{ id: string; fields: unknown }>`
    select id, fields from profile where database_id = 1 order by id`.execute(server.db);
  return new Map(rows.map(({ id, fields }) => [id, fields]));
}

for (const match of [true, false]) {
  test(`both requests of the page give its answers, New_field_7 ${match ? 'with' : 'without'} an index`, async () => {
    const server = await TestMuster.start();
    try {
      const [first, again] = await send(server, BY_EMAIL);
      assert.equal(again, first);
      const bert = {
        ...{ _fname: 'Bert', _lname: 'Lambert', email: 'example@example.com' },
        phones: ['+79862014853'],
      };
      assert.deepEqual(await readProfiles(server), new Map([[first, bert]]));

      const missing = await server.post(IMPORT, BY_FIELD);
      assert.equal(missing.json['error_debug'], 'field_name: database 1 has no such field');
      await server.make('/databases/1/fields', { name: 'New_field_7', type: 'string', match });
      const [kristina, christopher] = await send(server, BY_FIELD);
      assert.deepEqual(
        await readProfiles(server),
        new Map<string | undefined, unknown>([
          [first, bert],
          [
            kristina,
            {
              ...{ _fname: 'Kristina', _lname: 'Lambert', email: 'example@example.com' },
              ...{ phones: ['+79568150395'], New_field_7: '00015' },
            },
          ],
          [
            christopher,
            {
              ...{ _fname: 'Christopher', _lname: 'Lambert', email: 'example@example.com' },
              ...{ phones: ['+79568150396'], New_field_7: '00016' },
            },
          ],
        ]),
      );
      // Another body by a line break, so not a repeat of the request: the same profiles are found again.
      assert.deepEqual(await send(server, `${BY_FIELD}\n`), [kristina, christopher]);
      assert.equal((await readProfiles(server)).size, 3);
    } finally {
      await server.stop();
    }
  });
}

test('a task id of the form that the page prints is answered like any that is not there', async () => {
  const answer = await muster.post(STATUS, STATUS_OF_NONE);
  assert.equal(answer.status, 200);
  assert.equal(
    answer.text,
    '{"error":404,"error_debug":"task_id: there is no such task","error_text":"Not found"}',
  );
});

test('a body of 11 MB gets the answer of the page', async () => {
  const item = `{"data":{"email":"a@x.ru","_fname":"${'x'.repeat(1_000)}"}},`;
  const body = `{"token":"${TOKEN}","workflow_id":1,"data":[${item.repeat(11_000)}]}`;
  assert.ok(body.length > 11_000_000);
  const answer = await muster.post(IMPORT, body);
  assert.equal(answer.status, 200);
  assert.equal(answer.text, TOO_LARGE);
});

test('one path has four spellings and the token three places', async () => {
  const bare = BY_EMAIL.replace(/^"token".*\n/m, '');
  assert.ok(!bare.includes(TOKEN));
  const header = { authorization: `Bearer ${TOKEN}` };
  const paths = [
    IMPORT,
    `${IMPORT}/`,
    IMPORT.replace('v1.1/', 'v1.1//'),
    `${IMPORT.replace('v1.1/', 'v1.1//')}/`,
  ];
  const taskIds = new Set<unknown>();
  for (const [index, path] of paths.entries()) {
    // A Request-ID of its own makes each a request of its own.
    const own = (place: string) => ({ 'request-id': `${place} ${index}` });
    const answers = [
      await muster.post(path, BY_EMAIL, own('body')),
      await muster.post(path, bare, { ...own('header'), ...header }),
      await muster.post(`${path}?token=${TOKEN}`, bare, own('query')),
      await muster.post(path, BY_EMAIL, { ...own('text'), 'content-type': 'text/plain' }),
    ];
    for (const answer of answers) {
      assert.equal(answer.status, 200);
      assert.match(answer.text, ACCEPTED);
      taskIds.add(answer.json['task_id']);
    }
  }
  assert.equal(taskIds.size, 16);
  const none = await muster.post(IMPORT, bare);
  assert.equal(none.json['error'], 401);
});
