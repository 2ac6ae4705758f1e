import { rm } from 'node:fs/promises';
import type { Clock } from '../../base/index.ts';
import { Interrupted } from '../cli-error.ts';
import type { ServerClient } from '../remote/server-client.ts';
import { type Counters, countFailed, countSettled, sumCounters } from './counters.ts';
import { type Faults, type RowFault, readFaults, writeFailedRows } from './failed-rows.ts';
import { fingerprintOf, type ImportSettings } from './import-settings.ts';
import type { InputRow, RowReader } from './input-row.ts';
import { Journal } from './journal.ts';
import { openRows } from './open-rows.ts';
import { type SendDeps, sendBatches } from './send-batches.ts';
import { type Batch, splitBatches } from './split-batches.ts';
import { BatchWatcher } from './watch-batches.ts';

export interface ImportOptions {
  readonly path: string;
  readonly settings: ImportSettings;
  readonly journalPath: string;
  readonly failedPath: string;
  /** Forgets what a journal says. */
  readonly restart: boolean;
  readonly resend: boolean;
  /** False = ends when the server has everything. */
  readonly wait: boolean;
}

export interface ImportDeps {
  readonly client: ServerClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly sender: string;
  /** Said once, before anything is sent. */
  readonly onResume: (batches: number) => void;
  readonly onProgress: (progress: ImportProgress) => void;
  readonly onFault: (row: InputRow, fault: RowFault) => void;
}

export interface ImportProgress {
  /** Rows that are imported or refused. */
  readonly done: number;
  readonly failed: number;
  /** Rows of the file; a guess until it was read to its end. */
  readonly total: number;
  readonly isGuess: boolean;
}

export interface ImportOutcome {
  readonly rows: number;
  readonly taskIds: readonly string[];
  /** Of all tasks, with the rows that could not be sent among the invalid. */
  readonly counters: Counters;
  /** Undefined = nothing has failed, or nobody has waited for it. */
  readonly failedPath: string | undefined;
}

/** The rows that have passed by, and how far the file was read. */
class Tally {
  rows = 0;
  unsent = 0;
  isWhole = false;
  readonly #readShare: () => number;

  constructor(readShare: () => number) {
    this.#readShare = readShare;
  }

  add(batch: Batch): void {
    this.rows += batch.rows.length;
    this.unsent += batch.rows.length - batch.itemCount;
  }

  progress(counters: Counters): ImportProgress {
    const share = this.#readShare();
    const total = this.isWhole || share === 0 ? this.rows : Math.round(this.rows / share);
    return {
      done: countSettled(counters) + this.unsent,
      failed: countFailed(counters) + this.unsent,
      total,
      isGuess: !this.isWhole,
    };
  }

  withUnsent(counters: Counters): Counters {
    return sumCounters([counters, { total: this.unsent, invalid: this.unsent }]);
  }
}

/** Sends everything and follows the tasks meanwhile. */
async function sendAndWatch(
  { settings, resend, wait }: ImportOptions,
  { client, clock, signal, sender, onProgress }: ImportDeps,
  reader: RowReader,
  journal: Journal,
): Promise<{ tally: Tally; counters: Counters }> {
  const tally = new Tally(reader.readShare);
  const [sent, failed] = [new AbortController(), new AbortController()];
  const either = AbortSignal.any([signal, sent.signal, failed.signal]);
  const batches = splitBatches(reader.rows, settings.batch);
  const deps: SendDeps = { client, journal, sender, resend, signal, now: () => clock.now() };
  const watcher = new BatchWatcher(journal);
  const show = (): void => onProgress(tally.progress(sumCounters(watcher.counters())));
  // For the sake of the progress alone: what cannot be seen now is seen later.
  const watched = watcher
    .watch(client.until(failed.signal), clock, either, () => false, show)
    .catch(() => {});
  try {
    await sendBatches(deps, settings.envelope, batches, settings.parallel, (batch) => {
      tally.add(batch);
      show();
    });
    tally.isWhole = true;
    // A look that is under way may end.
    sent.abort();
  } finally {
    if (!sent.signal.aborted) failed.abort();
    await watched;
    await batches.return(undefined);
  }
  if (wait) await watcher.watch(client, clock, signal, () => true, show);
  return { tally, counters: sumCounters(watcher.counters()) };
}

async function writeFailed(
  { path, settings, failedPath }: ImportOptions,
  faults: Faults,
  onFault: ImportDeps['onFault'],
): Promise<number> {
  const reader = await openRows(path, settings.input);
  return writeFailedRows(failedPath, reader, splitBatches(reader.rows, settings.batch), faults, onFault);
}

function interruption(journal: Journal): Interrupted {
  const accepted = [...journal.records.values()].filter(({ taskId }) => taskId !== undefined).length;
  return new Interrupted(
    `Stopped. The server has ${accepted} batches and goes on with them; the same command again sends the rest ` +
      `(journal ${journal.path}).`,
  );
}

/**
 * Imports a file: in batches, several at once, and what a journal says was sent before is not sent again. Waits for the
 * tasks and writes the rows that failed to a file. The journal is deleted at the end.
 * @throws {Interrupted} when stopped; {CliError}, {ServerRefusal} when it cannot go on. The journal then stays.
 */
export async function importFile(options: ImportOptions, deps: ImportDeps): Promise<ImportOutcome> {
  const { path, settings, journalPath, failedPath } = options;
  const { client, signal, onResume } = deps;
  // Before the journal is made: a file that cannot be read leaves none.
  const reader = await openRows(path, settings.input);
  if (options.restart) await rm(journalPath, { force: true });
  const journal = await Journal.open(journalPath, fingerprintOf(settings, client.url));
  if (journal.isResumed) onResume(journal.records.size);
  try {
    const { tally, counters } = await sendAndWatch(options, deps, reader, journal);
    if (signal.aborted) throw interruption(journal);
    const taskIds = [...journal.records]
      .sort(([left], [right]) => left - right)
      .flatMap(([, { taskId }]) => taskId ?? []);
    const sums = tally.withUnsent(counters);
    const hasFailed = options.wait && countFailed(sums) > 0;
    if (hasFailed) await writeFailed(options, await readFaults(client, journal), deps.onFault);
    await journal.remove();
    return { rows: tally.rows, taskIds, counters: sums, failedPath: hasFailed ? failedPath : undefined };
  } catch (thrown) {
    if (journal.records.size === 0) await journal.remove();
    else await journal.close();
    throw thrown instanceof Interrupted || signal.aborted ? interruption(journal) : thrown;
  }
}
