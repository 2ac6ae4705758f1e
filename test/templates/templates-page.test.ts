import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isJsonObject, type JsonObject, ownValue, parseJson } from '../../src/base/index.ts';
import type { Landing } from '../../src/templates/index.ts';
import { renderSource } from './parse-source.ts';

/** Renders every example of docs/templates.md with the values of the page and compares with what is printed there. */
const page = readFileSync(new URL('../../docs/templates.md', import.meta.url), 'utf8');
const values = parseJson(/```json values\n([\s\S]*?)```/.exec(page)?.[1] ?? 'null');

function root(name: string): JsonObject {
  assert.ok(isJsonObject(values));
  const value = ownValue(values, name);
  assert.ok(isJsonObject(value));
  return value;
}

const subscription = root('subscription');
const scope = {
  lead: root('lead'),
  apicontent: root('apicontent'),
  subscription,
  subscriptions: [subscription],
  locale: 'ru',
  zone: 'Europe/Riga',
};

let count = 0;
for (const [, info = '', body = ''] of page.matchAll(/```example ?(\w*)\n([\s\S]*?)```/g)) {
  const landing: Landing = info === 'html' || info === 'json' ? info : 'text';
  const lines = body.split('\n');
  for (const [index, line] of lines.entries()) {
    const printed = lines[index + 1];
    if (line.startsWith('→ ') || printed === undefined || line === '') continue;
    count += 1;
    test(`${landing}: ${line}`, () => {
      assert.equal(`→ ${renderSource(line, landing, scope)}`, printed);
    });
  }
}

test('the page has examples', () => assert.ok(count >= 13, String(count)));
