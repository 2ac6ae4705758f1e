import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { sql } from 'kysely';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../src/base/index.ts';
import { parseXmlText } from '../../src/http/parse-xml.ts';
import { printXml } from '../../src/http/v1.1/print-xml.ts';
import { createAdminClient } from './admin-client.ts';
import { createTestServer, type TestServer } from './test-server.ts';

const IMPORT = '/api/v1.1/workflows/import_and_start_batch_task';
const STATUS = '/api/v1.1/tasks/status';
const UNKNOWN_TASK = '30421978-7f6d-4f39-913f-fb6cad8e2477';
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>';
let server: TestServer;
let token: string;
let workflowId: number;

before(async () => {
  server = await createTestServer();
  const admin = createAdminClient(server, await server.makeToken(['admin']));
  const databaseId = await admin.make('/databases', { name: 'd' });
  const definition = {
    nodes: [
      { id: 'start', type: 'start', name: 'Default', next: 'end' },
      { id: 'end', type: 'end', reason: 'done' },
    ],
  };
  workflowId = await admin.makeActiveWorkflow({ name: 'w', database_id: databaseId, definition });
  token = await server.makeToken(['import', 'read']);
});
after(() => server.close());

interface Sent {
  readonly text: string;
  readonly status: number;
  readonly headers: Record<string, unknown>;
}

async function send(url: string, payload: string, headers: Record<string, string> = {}): Promise<Sent> {
  const answer = await server.app.inject({
    method: 'POST',
    url,
    payload,
    headers: { 'content-type': 'application/xml', ...headers },
  });
  return { text: answer.body, status: answer.statusCode, headers: answer.headers };
}

function failure(error: number, debug: string, text: string): string {
  const keys = `<error>${error}</error><error_debug>${debug}</error_debug><error_text>${text}</error_text>`;
  return `${HEAD}<xml>${keys}</xml>`;
}

/** The first request of the page that the project was made from. */
function seedRequest(extra = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<xml>
    <token>${token}</token>
    <workflow_id>${workflowId}</workflow_id>
    <matching>email</matching>${extra}
    <data array='true'>
        <data>
            <_fname>Herbert</_fname>
            <_lname>Lambert</_lname>
            <email>example@example.com</email>
            <phones>+79862014852</phones>
        </data>
    </data>
    <data array='true'>
        <data>
            <_fname>Bert</_fname>
            <_lname>Lambert</_lname>
            <email>example@example.com</email>
            <phones>+79862014853</phones>
        </data>
    </data>
</xml>`;
}

function taskIdOf(text: string): string {
  const id = /<task_id>([^<]*)<\/task_id>/.exec(text)?.[1];
  assert.ok(id !== undefined, text);
  return id;
}

function parse(text: string): JsonObject {
  const parsed = parseXmlText(text);
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.error);
  return parsed.value;
}

function faultOf(text: string): string {
  const parsed = parseXmlText(text);
  assert.ok(!parsed.ok, text.slice(0, 200));
  return parsed.error;
}

test('the request of the page as XML is stored and answered as XML, and so is its status', async () => {
  const answer = await send(IMPORT, seedRequest('<skip_triggers>false</skip_triggers>'));
  const id = taskIdOf(answer.text);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['content-type'], 'application/xml; charset=utf-8');
  assert.equal(
    answer.text,
    `${HEAD}<xml><error>0</error><error_text>Successful operation</error_text><task_id>${id}</task_id></xml>`,
  );
  const { rows } = await sql<{
    total: number;
  }>`select total from task where id = ${id}::uuid`.execute(server.deps.db);
  assert.deepEqual(rows, [{ total: 2 }]);

  const request = `<any><token>${token}</token><task_id>${id}</task_id><result_limit>5</result_limit></any>`;
  const status = await send(STATUS, request, { 'content-type': 'text/xml; charset=utf-8' });
  assert.equal(status.headers['content-type'], 'application/xml; charset=utf-8');
  assert.match(status.text, /<xml><data><status>pending<\/status><progress>0<\/progress><counters><total>2</);
  assert.match(status.text, /<started_at\/>.*<\/data><error>0<\/error><error_text>Successful operation</);
});

test('the format asked for wins over that of the body', async () => {
  const json = `{"error":404,"error_debug":"task_id: there is no such task","error_text":"Not found"}`;
  const xml = failure(404, 'task_id: there is no such task', 'Not found');
  const body = { token, task_id: UNKNOWN_TASK };
  const asXml = (extra = ''): string =>
    `<xml><token>${token}</token><task_id>${UNKNOWN_TASK}</task_id>${extra}</xml>`;
  const type = { 'content-type': 'application/json' };
  const cases: [string, string, Record<string, string>, string][] = [
    [STATUS, asXml(), {}, xml],
    [STATUS, asXml('<format>json</format>'), {}, json],
    [`${STATUS}?format=json`, asXml(), {}, json],
    [`${STATUS}?format=json`, asXml('<format>xml</format>'), {}, xml],
    [STATUS, JSON.stringify(body), type, json],
    [STATUS, JSON.stringify({ ...body, format: 'xml' }), type, xml],
    [`${STATUS}?format=xml`, JSON.stringify(body), type, xml],
    [`${STATUS}?format=xml`, JSON.stringify({ ...body, format: 'json' }), type, json],
    [
      STATUS,
      asXml('<format>csv</format>'),
      {},
      failure(400, 'format: the answer is no table; expected json or xml', 'Invalid request'),
    ],
    [
      STATUS,
      asXml('<format>yaml</format>'),
      {},
      failure(400, 'format: expected json or xml', 'Invalid request'),
    ],
  ];
  for (const [url, payload, headers, expected] of cases) {
    assert.equal((await send(url, payload, headers)).text, expected, `${url} ${payload}`);
  }
});

test('failures are XML, whatever they are of', async () => {
  const unknown = failure(404, 'http: there is no such path', 'Not found');
  assert.equal((await send('/api/v1.1/nothing', 'x')).text, unknown);
  assert.equal((await send('/api/v1.1/%zz', 'x')).text, unknown);
  assert.equal(
    (await server.app.inject({ method: 'GET', url: `${STATUS}?format=xml` })).body,
    failure(404, 'http: GET is not possible here, POST is expected', 'Not found'),
  );
  assert.match((await send(STATUS, '<xml/>')).text, /<error>401<\/error><error_debug>token: missing;/);
  assert.equal(
    (await send(STATUS, '')).text,
    failure(400, 'body: empty, expected an XML element', 'Invalid request'),
  );
  assert.equal(
    (await send(STATUS, `<xml><token>${token}</xml>`)).text,
    failure(
      400,
      `body: not valid XML, unexpected text at line 1, column ${13 + token.length}`,
      'Invalid request',
    ),
  );
  assert.equal(
    (await send(`${STATUS}?format=xml`, '[]', { 'content-type': 'application/json' })).text,
    failure(400, 'body: expected a JSON object, found a list', 'Invalid request'),
  );
  const small = await createTestServer({ bodyLimitBytes: 100 });
  const large = await small.app.inject({
    method: 'POST',
    url: STATUS,
    payload: `<xml>${' '.repeat(200)}</xml>`,
    headers: { 'content-type': 'application/xml' },
  });
  assert.equal(large.body, failure(400, 'http: request body too large', 'Invalid request'));
  await small.close();
});

test('a repeat is answered from what was kept, in the format that it asks for', async () => {
  const headers = { 'request-id': 'order-1' };
  const first = await send(IMPORT, seedRequest(), headers);
  const again = await send(IMPORT, seedRequest(), headers);
  assert.equal(again.text, first.text);
  assert.equal(again.headers['duplicate-request'], 'true');
  const asJson = await send(`${IMPORT}?format=json`, seedRequest(), headers);
  const id = taskIdOf(first.text);
  assert.equal(asJson.text, `{"error":0,"error_text":"Successful operation","task_id":"${id}"}`);
  assert.equal(asJson.headers['duplicate-request'], 'true');
});

test('XML is read into the object that JSON would bring', () => {
  const cases: [string, JsonObject][] = [
    ['<xml/>', {}],
    ['\uFEFF<xml>\n</xml>\n', {}],
    ['<r><token> abc\n</token><workflow_id>12</workflow_id></r>', { token: 'abc', workflow_id: 12 }],
    [
      '<r><workflow_id>twelve</workflow_id><skip_triggers>1</skip_triggers></r>',
      { workflow_id: 'twelve', skip_triggers: true },
    ],
    ['<r><data><workflow_id>12</workflow_id></data></r>', { data: { workflow_id: '12' } }],
    ['<r><a>1</a><b/><a>2</a></r>', { a: ['1', '2'], b: null }],
    ["<r><a array='true'>1</a></r>", { a: ['1'] }],
    ["<r><a array='true'><item>1</item><item><b>2</b></item></a></r>", { a: ['1', { b: '2' }] }],
    ["<r><a array='true'/><b array='false'>x</b></r>", { a: [], b: 'x' }],
    ["<r><a array='true'><b array='true'><c>x</c></b></a></r>", { a: [{ b: [{ c: 'x' }] }] }],
    ['<r><a/><b></b><c><![CDATA[]]></c></r>', { a: null, b: null, c: '' }],
    ['<r><a> x &lt;&#x2F;b&#62; <!-- no --><![CDATA[ <&amp; ]]></a></r>', { a: 'x </b>  <&amp; ' }],
    ['<r><a> &#32;x&#10; </a></r>', { a: ' x\n' }],
    ['<r><_fname>Ян</_fname><имя other="1">x</имя></r>', { _fname: 'Ян', имя: 'x' }],
    ['<r><_x0024_in>1</_x0024_in></r>', { $in: '1' }],
  ];
  for (const [text, expected] of cases) assert.deepEqual(parse(text), expected, text);
});

test('names of the prototype are keys like any other', () => {
  const parsed = parse('<r><__proto__><x>1</x></__proto__><constructor>c</constructor><toString/></r>');
  assert.deepEqual(Object.entries(parsed), [
    ['__proto__', { x: '1' }],
    ['constructor', 'c'],
    ['toString', null],
  ]);
  assert.equal(Reflect.get({}, 'x'), undefined);
});

test('what is no XML is refused with the place, without the text', () => {
  const cases: [string, string][] = [
    [' \n', 'body: empty, expected an XML element'],
    ['{"token":"secret"}', 'body: not valid XML, unexpected text at line 1, column 1'],
    ['<r>\n<secret></r>', 'body: not valid XML, unexpected text at line 2, column 9'],
    ['<r><a>1</a>', 'body: not valid XML, unexpected text at line 1, column 1'],
    ['<r a=secret/>', 'body: not valid XML, unexpected text at line 1, column 4'],
    ['<r/><r/>', 'body: not valid XML, expected one root element'],
    ['<r>&secret;</r>', 'body: not valid XML, an unknown entity at line 1, column 4'],
    ['<r>&#0;</r>', 'body: not valid XML, an unknown entity at line 1, column 4'],
    ['<r>\u0000</r>', 'body: not valid XML, a character that XML cannot hold at line 1, column 4'],
    ['<r><!-- secret', 'body: not valid XML, unexpected text at line 1, column 4'],
    ['<r>secret</r>', 'body: expected an element for each key in the root element, found text'],
    ['<r><a>secret<b/></a></r>', 'body: text beside elements in an XML element'],
    [
      '<r>\n<?php secret ?></r>',
      'body: not valid XML, a processing instruction, which is not allowed, at line 2, column 1',
    ],
  ];
  for (const [text, expected] of cases) assert.equal(faultOf(text), expected, text);
});

test('attacks are refused or come to nothing', () => {
  const doctype = 'body: not valid XML, a DOCTYPE, which is not allowed, at line 1, column 1';
  const laughs = ['<!DOCTYPE lolz [<!ENTITY lol0 "lol">'];
  for (let level = 1; level < 10; level += 1) {
    laughs.push(`<!ENTITY lol${level} "${`&lol${level - 1};`.repeat(10)}">`);
  }
  assert.equal(faultOf(`${laughs.join('')}]><r><a>&lol9;</a></r>`), doctype);
  assert.equal(faultOf('<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r><a>&x;</a></r>'), doctype);
  assert.equal(faultOf('<!doctype r SYSTEM "http://127.0.0.1/x.dtd"><r/>'), doctype);
  const tooDeep = 'body: not valid XML, or nested deeper than 32 levels';
  assert.equal(faultOf(`<r>${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}</r>`), tooDeep);
  assert.match(faultOf('<a>'.repeat(100_000)), /^body: not valid XML/);
  assert.deepEqual(parse(`<r big="${'x'.repeat(1_048_576)}"><a>1</a></r>`), { a: '1' });
  assert.deepEqual(parse(`<r${' '.repeat(1_048_576)}><a>1</a></r>`), { a: '1' });
  assert.match(faultOf('<!--'.repeat(300_000)), /^body: not valid XML/);
  assert.equal(parse(`<r><a>x${' '.repeat(1_048_576)}x</a></r>`)['a'], `x${' '.repeat(1_048_576)}x`);
});

test('an answer is printed with its keys in order, and safely', () => {
  const answer = {
    error: 0,
    ok: true,
    none: null,
    empty: '',
    text: '<a & "b">\r',
    foreign: 'a\u0000\uFFFF\uD800b😀',
    list: [{ profile_id: '1' }, { profile_id: '2' }],
    lists: [['a'], []],
    'a b': 1,
    '1:<': 1,
  };
  assert.equal(
    printXml(answer),
    `${HEAD}<xml><error>0</error><ok>true</ok><none/><empty><![CDATA[]]></empty>` +
      '<text>&lt;a &amp; "b"&gt;&#13;</text><foreign>a\uFFFD\uFFFD\uFFFDb😀</foreign>' +
      "<list array='true'><profile_id>1</profile_id></list><list array='true'><profile_id>2</profile_id></list>" +
      "<lists array='true'><item array='true'><item>a</item></item><item array='true'/></lists>" +
      '<a_x0020_b>1</a_x0020_b><_x0031__x003A__x003C_>1</_x0031__x003A__x003C_></xml>',
  );
});

test('what is printed is read back as it was', () => {
  const piece = fc.constantFrom(
    ' ',
    '\n',
    '\t',
    '\r',
    '&',
    '<',
    '>',
    ']]>',
    '&amp;',
    '&#32;',
    '"',
    'é',
    '😀',
    'a',
  );
  const text = fc
    .oneof(
      fc.string(),
      fc.array(piece).map((pieces) => pieces.join('')),
    )
    .map((value) =>
      // What XML cannot hold is covered above: it does not come back.
      value.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, ''),
    );
  const key = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'item',
      'array',
      '_x',
      '_x_',
      '_x0041_',
      '_x0041',
      '__proto__',
      'constructor',
      '#text',
      ':@',
    ),
    fc.constantFrom('_x005F_x', '_xx', '__x', '_fname', 'a$', '$in', 'xml'),
    fc.constantFrom('_xxh', '_x$', '_X0041_', '_x0041$', '_x00410 ', '_x0041f_', '_xa_', '_x_x0041_'),
  );
  const { value } = fc.letrec<{ value: JsonValue; list: JsonValue[]; object: JsonObject }>((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, text, tie('list'), tie('object')),
    list: fc.array(tie('value'), { maxLength: 3 }),
    object: fc.dictionary(key, tie('value'), { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
  }));
  fc.assert(
    fc.property(fc.dictionary(key, value, { maxKeys: 4, noNullPrototype: true }), (object) => {
      assert.deepEqual(parse(printXml(object)), object);
    }),
    { seed: 20_260_302, numRuns: 1000 },
  );
});

function keysAt(value: JsonValue, ...path: string[]): string[] {
  let at: JsonValue = value;
  for (const key of path) {
    assert.ok(isJsonObject(at), key);
    at = at[key] ?? null;
  }
  return Object.keys(at ?? {});
}

test('the OpenAPI document names both media types', async () => {
  const document = parseJson((await server.app.inject({ method: 'GET', url: '/api/openapi.json' })).body);
  const types = ['application/json', 'application/xml'];
  for (const path of [IMPORT, STATUS]) {
    assert.deepEqual(keysAt(document, 'paths', path, 'post', 'requestBody', 'content'), types);
    assert.deepEqual(keysAt(document, 'paths', path, 'post', 'responses', '200', 'content'), types);
  }
});

test('nothing of this was a fault of ours', () => {
  assert.deepEqual(server.faults, []);
});
