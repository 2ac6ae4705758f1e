import { ownValue } from '../../base/index.ts';
import {
  type Authorize,
  type ImportedRow,
  type ImportNowDeps,
  stateOfFault,
  toItemResult,
} from '../../importer/index.ts';
import type { HttpDeps } from '../deps.ts';
import { requireRight } from './auth.ts';
import type { ApiCall } from './method.ts';

/** Whether a dry run is asked for: it changes nothing, so its answer is never that of a repeat. */
export function isDryRun({ body }: ApiCall): boolean {
  return ownValue(body, 'dry_run') === true;
}

export function importDeps({ db, clock, log, places, config, wakeEngine }: HttpDeps): ImportNowDeps {
  return { db, clock, log, places, maxItems: config.maxItems, wakeEngine };
}

export function authorizeImport({ token }: ApiCall): Authorize {
  return (databaseId) => requireRight(token, ['import'], databaseId);
}

export function authorizeRead({ token }: ApiCall): Authorize {
  return (databaseId) => requireRight(token, ['read'], databaseId);
}

/** What would become of one item. */
function toForecast(row: ImportedRow, index: number, made: ReadonlySet<string>): Record<string, unknown> {
  if (!row.ok) return { item: index, action: 'refuse', ...toItemResult(row) };
  const { state, changed, duplicateOf, start } = row;
  return {
    item: index,
    action: state === 'created' ? 'create' : state === 'updated' ? 'update' : 'leave',
    ...(made.has(row.profileId) ? {} : { profile_id: row.profileId }),
    ...(changed.length === 0 ? {} : { changed_fields: changed }),
    ...(duplicateOf === null ? {} : { duplicate_of: duplicateOf }),
    ...(start === null ? {} : { start: start === 'started' ? 'start' : 'skip_reentry' }),
    ...(row.skipped.length === 0 ? {} : { skipped_subscriptions: row.skipped }),
  };
}

/** `data` of the answer to a dry run: what would happen to each item, and the sums in the words of a task's counters. */
export function forecastOf(rows: readonly ImportedRow[]): Record<string, unknown> {
  const counters = {
    ...{ total: rows.length, created: 0, updated: 0, unchanged: 0, invalid: 0, ambiguous: 0, not_found: 0 },
    ...{ started: 0, skipped_reentry: 0 },
  };
  for (const row of rows) {
    counters[row.ok ? row.state : stateOfFault(row.fault)] += 1;
    if (row.ok && row.start !== null) counters[row.start] += 1;
  }
  // A profile that would be created gets another id when it is.
  const made = new Set(rows.flatMap((row) => (row.ok && row.state === 'created' ? [row.profileId] : [])));
  return { dry_run: true, counters, result: rows.map((row, index) => toForecast(row, index, made)) };
}
