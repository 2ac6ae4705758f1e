import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toDocument } from '../../bench/figures/document.ts';
import { atLeast, atMost, type FigureSpec, timeReading, toFigure } from '../../bench/figures/figure.ts';
import { printMarkdown } from '../../bench/figures/print-markdown.ts';
import { printTable } from '../../bench/figures/print-table.ts';
import { percentile, summarise } from '../../bench/figures/stats.ts';
import { numbersFrom, printBatch } from '../../bench/load/batch-body.ts';
import { measures } from '../../bench/measures/index.ts';
import { readOptions } from '../../bench/options.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../src/base/index.ts';
import { normalizeEmail, normalizePhone } from '../../src/profiles/index.ts';

const spec: FigureSpec = {
  name: 'import.new',
  title: 'import of 10,000 profiles',
  against: 'COPY',
  unit: 'ratio',
  reach: atLeast(0.5),
};

function itemsOf(body: string): JsonObject[] {
  const parsed = parseJson(body);
  const data: JsonValue | undefined = isJsonObject(parsed) ? parsed['data'] : undefined;
  return Array.isArray(data) ? data.filter(isJsonObject) : [];
}

test('median, least, most and percentiles', () => {
  assert.deepEqual(summarise([5, 1, 3]), { median: 3, min: 1, max: 5 });
  assert.deepEqual(summarise([4, 1, 3, 2]), { median: 2.5, min: 1, max: 4 });
  assert.throws(() => summarise([]));
  const hundred = numbersFrom(1, 100);
  assert.deepEqual(
    [0, 0.5, 0.99, 1].map((share) => percentile(hundred, share)),
    [1, 50, 99, 100],
  );
  assert.throws(() => percentile([], 0.5));
});

test('options are read or refused', () => {
  const known = ['import', 'engine'];
  const usual = { names: [], format: 'table', short: false, rounds: 5, rows: 10_000, scale: 1 };
  assert.deepEqual(readOptions([], known), { ok: true, value: usual });
  assert.deepEqual(readOptions(['--json', '--rounds', '7', '--rows', '200', 'engine'], known), {
    ok: true,
    value: { ...usual, names: ['engine'], format: 'json', rounds: 7, rows: 200 },
  });
  assert.deepEqual(readOptions(['--short', '--markdown', '--scale', '0.1'], known), {
    ok: true,
    value: { ...usual, format: 'markdown', short: true, rounds: 3, scale: 0.1 },
  });
  assert.deepEqual(readOptions(['--help'], known), { ok: false, error: 'help' });
  for (const wrong of ['--rounds 0', '--rows many', '--scale 0', '--fast', '--json --markdown', 'export']) {
    assert.equal(readOptions(wrong.split(' '), known).ok, false, wrong);
  }
});

test('every measure has a name of its own', () => {
  assert.equal(new Set(measures.map(({ name }) => name)).size, measures.length);
});

test('a round has valid customers of its own, and changes them all', () => {
  const fresh = itemsOf(printBatch(3, numbersFrom(50, 50)));
  const changed = itemsOf(printBatch(3, numbersFrom(50, 50), 2));
  const later = itemsOf(printBatch(3, numbersFrom(100, 50)));
  assert.equal(fresh.length, 50);
  const emails = new Set<string>();
  for (const [index, item] of fresh.entries()) {
    const [data, change] = [item['data'], changed[index]?.['data']];
    assert.ok(isJsonObject(data) && isJsonObject(change));
    assert.equal(normalizePhone(String(data['phones']), 'RU'), data['phones']);
    assert.equal(data['email'], change['email']);
    assert.notEqual(data['visits'], change['visits']);
    emails.add(normalizeEmail(String(data['email'])) ?? '');
  }
  for (const item of later) emails.add(isJsonObject(item['data']) ? String(item['data']['email']) : '');
  assert.equal(emails.size, 100);
});

test('a figure is judged by its median, and printed for people, programs and the page', () => {
  const judged = summarise([0.4, 0.5, 0.9]);
  const muster = [timeReading('to completed', summarise([1_000, 800, 500]), 10_000)];
  const yardstick = timeReading('COPY', summarise([400, 400, 450]));
  const figure = toFigure(spec, { judged, muster, yardstick, details: { rows: 10_000 } });
  assert.equal(figure.met, true);
  assert.equal(toFigure({ ...spec, reach: atMost(0.4) }, { judged, muster, yardstick }).met, false);
  assert.equal(toFigure({ ...spec, reach: null }, { judged, muster, yardstick: null }).met, null);
  const settings = { server_version: '18.4', fsync: 'on' };
  const when = { date: new Date('2026-03-02T10:00:00Z'), isShort: true };
  const document = toDocument([figure], settings, when);
  assert.deepEqual(document.figures[0]?.median, 0.5);

  const table = printTable(document);
  for (const part of ['2026-03-02', 'PostgreSQL 18.4', 'fsync on', 'Short form', 'rows 10000']) {
    assert.ok(table.includes(part), part);
  }
  assert.match(table, /to completed +800 ms +500 ms +1,000 ms +12,500\/s\n/);
  assert.match(table, /COPY +400 ms +400 ms +450 ms\n/);
  assert.match(table, /ratio +0\.50 +0\.40 +0\.90 +≥ 0\.50 met\n/);

  const markdown = printMarkdown(document).trimEnd().split('\n');
  assert.ok(markdown[0]?.startsWith('2026-03-02'));
  assert.equal(
    markdown.at(-1),
    '| import of 10,000 profiles | to completed 800 ms (12,500/s) | COPY 400 ms | 0.50 (0.40–0.90) | ≥ 0.50 met |',
  );
});
