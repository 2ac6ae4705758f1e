import type { Log, Outcome } from '../../base/index.ts';
import { type Db, type Refusal, withSavepointOrRefusal } from '../../db/index.ts';
import type { ProfileShape, RowError } from '../../profiles/index.ts';
import { RunCounts } from '../../workflow/index.ts';
import { type ImportedRow, type ImportScope, importRows, type SourcedRow } from './import-rows.ts';

/**
 * The way round rows that PostgreSQL refuses: halves them, each half behind a savepoint, until each bad one stands
 * alone and gets its error.
 */
export async function importByHalves(
  tx: Db,
  shape: ProfileShape,
  rows: readonly SourcedRow[],
  scope: ImportScope,
  log: Log,
): Promise<ImportedRow[]> {
  const counts = new RunCounts();
  const whole: Outcome<ImportedRow[], Refusal> = await withSavepointOrRefusal(tx, () =>
    importRows(tx, shape, rows, { ...scope, counts }),
  );
  if (whole.ok) {
    scope.counts.merge(counts);
    return whole.value;
  }
  const [row] = rows;
  if (rows.length === 1 && row !== undefined) {
    const { sqlState, message } = whole.error;
    log.warn(
      { task: row.source.taskId, item: row.row.index, sqlState, message },
      'an item was not imported: PostgreSQL refuses its data',
    );
    const fault: RowError = {
      code: 400,
      text: `data: cannot be stored (SQLSTATE ${sqlState})`,
      field: 'data',
    };
    return [{ ok: false, fault }];
  }
  const middle = Math.ceil(rows.length / 2);
  const first = await importByHalves(tx, shape, rows.slice(0, middle), scope, log);
  return [...first, ...(await importByHalves(tx, shape, rows.slice(middle), scope, log))];
}
