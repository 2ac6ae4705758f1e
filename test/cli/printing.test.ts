import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { ManualClock } from '../../src/base/index.ts';
import { printCsv } from '../../src/cli/print/print-csv.ts';
import { printTable } from '../../src/cli/print/print-table.ts';
import { describeProgress, ProgressLine, printDuration } from '../../src/cli/print/progress-line.ts';

const columns = [{ title: 'ID', isNumber: true }, { title: 'NAME' }, { title: 'NOTE' }];
const rows = [
  ['1', 'Ann', 'likes\nlong walks by the sea'],
  ['20', '王', ''],
];

test('tables stand in columns, numbers at the right, one row on one line', () => {
  assert.equal(
    printTable({ width: undefined, hasColor: false }, columns, rows),
    'ID  NAME  NOTE\n 1  Ann   likes long walks by the sea\n20  王\n',
  );
});

test('a table is cut to the width of the terminal, its widest column first', () => {
  const printed = printTable({ width: 24, hasColor: false }, columns, rows);
  assert.equal(printed, 'ID  NAME  NOTE\n 1  Ann   likes long wa…\n20  王\n');
  for (const line of printed.split('\n')) assert.ok(line.length <= 24);
});

test('the head of a table is bold where there are colours', () => {
  assert.match(
    printTable({ width: 80, hasColor: true }, columns, []),
    /^\u001b\[1mID {2}NAME {2}NOTE\u001b\[0m\n$/,
  );
});

test('cells of CSV that are formulas are made harmless, numbers and phones are kept', () => {
  const row = ['=1+1', '@a', '-1.5', '+7 (999) 123-45-67', '+SUM(A1)', 'a,b'];
  assert.equal(printCsv([row]), "'=1+1,'@a,-1.5,+7 (999) 123-45-67,'+SUM(A1),\"a,b\"\r\n");
});

test('progress says how much is left', () => {
  const progress = { done: 12_000, total: 50_000, isGuess: true, failed: 3, perSecond: 2_000 };
  assert.equal(describeProgress(progress), '12,000 of ~50,000 rows, 3 failed, 2,000/s, 0:19 left');
  assert.equal(describeProgress({ ...progress, done: 0, failed: 0, perSecond: 0 }), '0 of ~50,000 rows');
  assert.equal(printDuration(3_725), '1:02:05');
});

test('without a terminal a line is written now and then', () => {
  const clock = new ManualClock(new Date('2026-01-01T00:00:00Z'));
  const lines: string[] = [];
  const terminal = {
    ...{ out: () => {}, pour: async () => {}, err: (text: string) => void lines.push(text) },
    ...{ width: undefined, hasColor: false, bar: undefined },
  };
  const line = new ProgressLine(terminal, clock);
  const progress = { done: 1, total: 2, isGuess: false, failed: 0, perSecond: 0 };
  line.show(progress);
  clock.advance(10_000);
  line.show(progress);
  line.show(progress);
  line.stop();
  assert.deepEqual(lines, ['1 of 2 rows\n']);
});

test('in a terminal a bar is drawn, and the cursor comes back', () => {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 120, fd: 2 });
  const terminal = {
    ...{ out: () => {}, pour: async () => {}, err: () => {} },
    ...{ width: undefined, hasColor: false, bar: stream },
  };
  const line = new ProgressLine(terminal, new ManualClock(new Date()));
  line.show({ done: 30, total: 60, isGuess: false, failed: 0, perSecond: 10 });
  line.stop();
  const drawn = String(stream.read());
  assert.ok(drawn.indexOf('\u001b[?25l') < drawn.lastIndexOf('\u001b[?25h'), JSON.stringify(drawn));
  assert.match(drawn, /█{12}░{12} 50 % {2}30 of 60 rows, 10\/s, 0:03 left/);
});
