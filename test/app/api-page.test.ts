import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { isJsonObject, type JsonValue, parseJson } from '../../src/base/index.ts';
import { TestMuster } from './test-muster.ts';

/**
 * Sends every example of docs/api.md, in the order of the page, and compares the answers with those that are printed.
 * A block ```json request [method]``` is sent to the method of its heading, or to the named one; ```json admin POST /x```
 * is made by the admin API; the ```json answer``` behind a request is what it must be answered with.
 */
const page = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');

interface Example {
  readonly line: number;
  readonly kind: 'admin' | 'request' | 'answer';
  readonly target: string;
  readonly body: JsonValue;
}

function readExamples(): Example[] {
  const examples: Example[] = [];
  let method = '';
  let open: { line: number; info: string; text: string[] } | undefined;
  for (const [index, line] of page.split('\n').entries()) {
    if (open === undefined) {
      method = /^#+ `POST \/api\/v1\.1\/([\w/]+)`/.exec(line)?.[1] ?? method;
      const info = /^```(.+)$/.exec(line)?.[1];
      if (info !== undefined) open = { line: index + 1, info, text: [] };
    } else if (line === '```') {
      const [, kind = '', ...rest] = open.info.split(' ');
      if (kind === 'admin' || kind === 'request' || kind === 'answer') {
        const target = rest.join(' ') || method;
        examples.push({ line: open.line, kind, target, body: parseJson(open.text.join('\n')) });
      }
      open = undefined;
    } else open.text.push(line);
  }
  return examples;
}

const ID = /^([0-9a-f]{24}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
/** Figures that depend on when one asks. */
const passing = new Set(['rows_per_second', 'seconds_left', 'active', 'waiting', 'ended', 'failed', 'steps']);

/** Ids of the page with those that the server has given in their place. */
const ids = new Map<string, string>();

function withRealIds(value: JsonValue): JsonValue {
  if (typeof value === 'string') return ids.get(value) ?? value;
  if (Array.isArray(value)) return value.map(withRealIds);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, withRealIds(child)]));
}

/** Differences between what is printed and what was answered; notes which real id stands for a printed one. */
function differences(
  printed: JsonValue | undefined,
  answered: JsonValue | undefined,
  path: string,
  key = '',
): string[] {
  if (typeof printed === 'string' && typeof answered === 'string') {
    if (ID.test(printed) && ID.test(answered) && printed.length === answered.length) {
      const known = ids.get(printed);
      if (known === undefined) ids.set(printed, answered);
      return known === undefined || known === answered ? [] : [`${path}: ${answered}, expected ${known}`];
    }
    if (TIME.test(printed) && TIME.test(answered)) return [];
  }
  if (passing.has(key) && typeof printed === 'number' && typeof answered === 'number') return [];
  if (Array.isArray(printed) && printed.at(-1) === '…' && Array.isArray(answered)) {
    return differences(printed.slice(0, -1), answered.slice(0, printed.length - 1), path);
  }
  if (Array.isArray(printed) && Array.isArray(answered) && printed.length === answered.length) {
    return printed.flatMap((element, index) => differences(element, answered[index], `${path}[${index}]`));
  }
  if (isJsonObject(printed) && isJsonObject(answered)) {
    const names = new Set([...Object.keys(printed), ...Object.keys(answered)]);
    return [...names].flatMap((name) => differences(printed[name], answered[name], `${path}.${name}`, name));
  }
  if (printed === answered) return [];
  return [`${path}: ${JSON.stringify(answered)}, the page says ${JSON.stringify(printed)}`];
}

let muster: TestMuster;
before(async () => {
  muster = await TestMuster.start();
});
after(() => muster.stop());

const examples = readExamples();

test('the page has an example for every method of /api/v1.1', async () => {
  const document = parseJson(await (await fetch(`${muster.url}/api/openapi.json`)).text());
  assert.ok(isJsonObject(document) && isJsonObject(document['paths']));
  const methods = Object.keys(document['paths']).flatMap(
    (path) => /^\/api\/v1\.1\/(.+)$/.exec(path)?.[1] ?? [],
  );
  assert.ok(methods.length > 10, methods.join());
  const shown = new Set(examples.filter(({ kind }) => kind === 'request').map(({ target }) => target));
  assert.deepEqual(
    methods.filter((method) => !shown.has(method)),
    [],
  );
});

test('every example is answered as the page says', async (context) => {
  assert.ok(examples.length > 20);
  for (const [index, { kind, target, body, line }] of examples.entries()) {
    if (kind === 'admin') {
      const [, path = ''] = target.split(' ');
      await muster.make(path, withRealIds(body));
    }
    if (kind !== 'request') continue;
    const printed = examples[index + 1];
    await context.test(`line ${line}: ${target}`, async () => {
      assert.equal(printed?.kind, 'answer', 'a request is followed by its answer');
      await muster.idle();
      const { text } = await muster.post(`/api/v1.1/${target}`, JSON.stringify(withRealIds(body)));
      assert.deepEqual(differences(printed?.body, parseJson(text), 'answer'), [], text);
    });
  }
});
