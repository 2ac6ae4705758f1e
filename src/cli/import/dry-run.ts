import { type JsonObject, ownValue } from '../../base/index.ts';
import { Interrupted } from '../cli-error.ts';
import { numberIn, objectIn, objectsIn } from '../remote/read-answer.ts';
import type { ServerClient } from '../remote/server-client.ts';
import { type Counters, readCounters, sumCounters } from './counters.ts';
import { failedRowsOf, type RowFault } from './failed-rows.ts';
import type { ImportSettings } from './import-settings.ts';
import type { InputRow } from './input-row.ts';
import { openRows } from './open-rows.ts';
import { bodyOf } from './send-batches.ts';
import { type Batch, splitBatches } from './split-batches.ts';

function toFault(row: JsonObject): RowFault {
  const [field, text] = ['field', 'error_text'].map((key) => {
    const value = ownValue(row, key);
    return typeof value === 'string' ? value : '';
  });
  return { state: 'invalid', field: field ?? '', text: text ?? '' };
}

async function forecast(
  client: ServerClient,
  envelope: JsonObject,
  batch: Batch,
): Promise<{ counters: Counters; faults: Map<number, RowFault> }> {
  if (batch.itemCount === 0) return { counters: {}, faults: new Map() };
  const answer = await client.call(
    'workflows/import_and_start_batch_task',
    bodyOf({ ...envelope, dry_run: true }, batch),
  );
  const data = objectIn(answer, 'data');
  const refused = objectsIn(data, 'result').filter((row) => ownValue(row, 'action') === 'refuse');
  return {
    counters: readCounters(objectIn(data, 'counters')),
    faults: new Map(refused.map((row) => [numberIn(row, 'item'), toFault(row)])),
  };
}

/** Asks the server what would become of each row; changes nothing. Batches do not see what others before them would do. */
export async function dryRun(
  path: string,
  settings: ImportSettings,
  client: ServerClient,
  signal: AbortSignal,
  onFault: (row: InputRow, fault: RowFault) => void,
): Promise<{ rows: number; counters: Counters }> {
  const reader = await openRows(path, settings.input);
  let rows = 0;
  const all: Counters[] = [];
  for await (const batch of splitBatches(reader.rows, settings.batch)) {
    if (signal.aborted) throw new Interrupted('Stopped. Nothing was changed.');
    rows += batch.rows.length;
    const { counters, faults } = await forecast(client, settings.envelope, batch);
    const unsent = batch.rows.length - batch.itemCount;
    all.push(counters, { total: unsent, invalid: unsent });
    for (const { row, fault } of failedRowsOf(batch, faults)) onFault(row, fault);
  }
  return { rows, counters: sumCounters(all) };
}
