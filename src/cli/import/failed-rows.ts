import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify/sync';
import { isJsonObject, type JsonObject, ownValue, toError, tryParseJson } from '../../base/index.ts';
import { CliError } from '../cli-error.ts';
import { numberIn, objectsIn } from '../remote/read-answer.ts';
import type { ServerClient } from '../remote/server-client.ts';
import { OWN_COLUMN } from './column-map.ts';
import { countFailed, failedStates } from './counters.ts';
import type { InputRow, RowReader } from './input-row.ts';
import type { Journal } from './journal.ts';
import type { Batch } from './split-batches.ts';

const PAGE = 5_000;

/** Why a row was not imported. */
export interface RowFault {
  /** As the counters name it; `invalid` also for rows that were not sent. */
  readonly state: string;
  readonly field: string;
  readonly text: string;
}

/** By batch and item. */
export type Faults = ReadonlyMap<number, ReadonlyMap<number, RowFault>>;

function textOf(row: JsonObject, key: string): string {
  const value = ownValue(row, key);
  return typeof value === 'string' ? value : '';
}

async function readFaultsOf(client: ServerClient, taskId: string): Promise<Map<number, RowFault>> {
  const faults = new Map<number, RowFault>();
  let from: number | undefined = 0;
  while (from !== undefined) {
    const answer: JsonObject = await client.call('tasks/report', {
      ...{ task_id: taskId, states: [...failedStates], from, limit: PAGE },
    });
    for (const row of objectsIn(answer, 'data')) {
      const state = textOf(row, 'state');
      const text = textOf(row, 'error_text') || state;
      faults.set(numberIn(row, 'item'), { state, field: textOf(row, 'field'), text });
    }
    const next = ownValue(answer, 'next_from');
    from = typeof next === 'number' ? next : undefined;
  }
  return faults;
}

/** Asks for the faults of those tasks that have some. */
export async function readFaults(client: ServerClient, journal: Journal): Promise<Faults> {
  const faults = new Map<number, ReadonlyMap<number, RowFault>>();
  for (const [batch, { taskId, counters }] of journal.records) {
    if (taskId === undefined || counters === undefined || countFailed(counters) === 0) continue;
    faults.set(batch, await readFaultsOf(client, taskId));
  }
  return faults;
}

/** The rows of a batch that were not imported, each with the reason. */
export function* failedRowsOf(
  batch: Batch,
  faults: ReadonlyMap<number, RowFault> | undefined,
): Generator<{ row: InputRow; fault: RowFault }> {
  let item = 0;
  for (const row of batch.rows) {
    if (!row.item.ok) {
      yield { row, fault: { state: 'invalid', field: '', text: row.item.error } };
      continue;
    }
    const fault = faults?.get(item);
    item += 1;
    if (fault !== undefined) yield { row, fault };
  }
}

const ownColumns = ['line', 'state', 'field', 'error'].map((name) => OWN_COLUMN + name);

function printCsv(cells: readonly string[]): string {
  return stringify([[...cells]], { record_delimiter: 'windows' });
}

/** Columns that an earlier import has written are not kept beside those of this one. */
function isForeign(name: string): boolean {
  return !name.startsWith(OWN_COLUMN);
}

function printRow(header: readonly string[] | undefined, row: InputRow, fault: RowFault): string {
  const own = [String(row.place), fault.state, fault.field, fault.text];
  const { source } = row;
  if (header !== undefined && typeof source !== 'string') {
    const cells = header.flatMap((name, index) => (isForeign(name) ? [source[index] ?? ''] : []));
    return printCsv([...cells, ...own]);
  }
  const value = typeof source === 'string' ? tryParseJson(source) : undefined;
  const shown = isJsonObject(value) ? value : { [`${OWN_COLUMN}source`]: source };
  const reason = Object.fromEntries(ownColumns.map((name, index) => [name, own[index]]));
  return `${JSON.stringify({ ...shown, ...reason })}\n`;
}

/**
 * Reads the file once more and writes its failed rows as they stand there, with the reason, to a file, with `muster_`
 * before the names of what is added, which an import passes over: it can be mended and imported again.
 * @returns how many; 0 = there is no such file.
 */
export async function writeFailedRows(
  path: string,
  reader: RowReader,
  batches: AsyncIterable<Batch>,
  faults: Faults,
  onFault: (row: InputRow, fault: RowFault) => void,
): Promise<number> {
  const { header } = reader;
  let count = 0;
  async function* print(): AsyncGenerator<string> {
    // The mark tells spreadsheets that it is UTF-8.
    if (header !== undefined) yield `\ufeff${printCsv([...header.filter(isForeign), ...ownColumns])}`;
    for await (const batch of batches) {
      for (const { row, fault } of failedRowsOf(batch, faults.get(batch.index))) {
        count += 1;
        onFault(row, fault);
        yield printRow(header, row, fault);
      }
    }
  }
  const file = createWriteStream(path, { mode: 0o600 });
  await once(file, 'open').catch((thrown: unknown) => {
    const advice = 'all else is done; the same command with --failed and another place writes it';
    throw new CliError(`${path} cannot be written: ${toError(thrown).message}`, advice);
  });
  await pipeline(Readable.from(print()), file);
  if (count === 0) await rm(path, { force: true });
  return count;
}
