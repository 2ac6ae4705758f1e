import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printBatch } from '../../bench/batch-body.ts';
import { toFigures } from '../../bench/figures.ts';
import { readOptions } from '../../bench/options.ts';
import { printTable } from '../../bench/print-table.ts';
import type { Measured } from '../../bench/run-rounds.ts';
import { summarise } from '../../bench/stats.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../src/base/index.ts';
import { normalizeEmail, normalizePhone } from '../../src/profiles/index.ts';

function measured(completedMs: number, copyMs: number): Measured {
  const times = { acceptMs: completedMs / 5, completedMs, runsEndedMs: completedMs + 100 };
  return { ...times, copyMs, ratio: copyMs / completedMs, left: { profile: 10_000, run: 10_000 } };
}

function itemsOf(body: string): JsonObject[] {
  const parsed = parseJson(body);
  const data: JsonValue | undefined = isJsonObject(parsed) ? parsed['data'] : undefined;
  return Array.isArray(data) ? data.filter(isJsonObject) : [];
}

test('median, least and most', () => {
  assert.deepEqual(summarise([5, 1, 3]), { median: 3, min: 1, max: 5 });
  assert.deepEqual(summarise([4, 1, 3, 2]), { median: 2.5, min: 1, max: 4 });
  assert.throws(() => summarise([]));
});

test('options are read or refused', () => {
  assert.deepEqual(readOptions([]), { ok: true, value: { json: false, rounds: 7, rows: 10_000 } });
  assert.deepEqual(readOptions(['--json', '--rounds', '5', '--rows', '200']), {
    ok: true,
    value: { json: true, rounds: 5, rows: 200 },
  });
  assert.deepEqual(readOptions(['--short']), { ok: true, value: { json: false, rounds: 3, rows: 10_000 } });
  assert.deepEqual(readOptions(['--help']), { ok: false, error: 'help' });
  assert.equal(readOptions(['--rounds', '0']).ok, false);
  assert.equal(readOptions(['--rows', 'many']).ok, false);
  assert.equal(readOptions(['--fast']).ok, false);
});

test('a round has valid customers of its own, and changes them all', () => {
  const fresh = itemsOf(printBatch('new', 1, 50, 3));
  const changed = itemsOf(printBatch('existing', 1, 50, 3));
  const later = itemsOf(printBatch('new', 2, 50, 3));
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

test('the table shows medians, extremes and the ratio of the pairs', () => {
  const rounds = [
    { new: measured(1_000, 400), existing: measured(500, 300) },
    { new: measured(800, 400), existing: measured(600, 300) },
    { new: measured(500, 450), existing: measured(700, 300) },
  ];
  const settings = { server_version: '18.4', fsync: 'on' };
  const figures = toFigures(rounds, 10_000, settings, new Date('2026-03-02T10:00:00Z'));
  assert.deepEqual(figures.new.copy_to_import, { median: 0.5, min: 0.4, max: 0.9 });
  assert.equal(figures.new.rows_per_second, 12_500);
  const lines = printTable(figures).split('\n');
  assert.equal(lines[0], 'Import and start of 10,000 profiles; 3 rounds counted, one before them not');
  assert.ok(lines.some((line) => line.endsWith('PostgreSQL 18.4, 2026-03-02T10:00:00.000Z')));
  assert.ok(lines.includes('  fsync on'));
  assert.deepEqual(lines.slice(6, 12), [
    '  10,000 new profiles                     median       min       max    rows/s',
    '    request to answer                     160 ms    100 ms    200 ms',
    '    request to completed                  800 ms    500 ms  1,000 ms    12,500',
    '    request to the end of all runs        900 ms    600 ms  1,100 ms    11,111',
    '    COPY of the rows it left              400 ms    400 ms    450 ms    25,000',
    '    COPY / request to completed             0.50      0.40      0.90',
  ]);
});
