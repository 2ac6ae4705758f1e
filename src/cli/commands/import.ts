import { rm } from 'node:fs/promises';
import { CliError, type ExitCode, exitCodes, Interrupted } from '../cli-error.ts';
import { type Command, serverOptions } from '../command.ts';
import { ReasonCounter } from '../import/count-reasons.ts';
import { type Counters, countFailed } from '../import/counters.ts';
import { dryRun } from '../import/dry-run.ts';
import { importFile } from '../import/import-file.ts';
import { type ImportSettings, readImportSettings, senderOf } from '../import/import-settings.ts';
import { keepStdin } from '../import/keep-stdin.ts';
import { detectFormat } from '../import/open-rows.ts';
import { readHead } from '../import/open-text.ts';
import type { Options } from '../options.ts';
import { printTable } from '../print/print-table.ts';
import { ProgressLine } from '../print/progress-line.ts';
import { findServer } from '../remote/find-server.ts';
import { openClient } from '../remote/open-client.ts';
import type { ServerClient } from '../remote/server-client.ts';
import type { Shell } from '../shell.ts';

const PATIENCE_SECONDS = 900;
const SHOWN_REASONS = 10;
/** Counters in the order in which they are told. */
const told = ['created', 'updated', 'unchanged', 'invalid', 'ambiguous', 'not_found', 'cancelled'] as const;

const options = {
  file: { type: 'positional', description: 'CSV with a header, NDJSON or a JSON array; - = standard input' },
  workflow: { type: 'string', description: 'the workflow that the profiles are sent into', valueHint: 'id' },
  matching: { type: 'string', description: 'how profiles are found', default: 'email', valueHint: 'mode' },
  'field-name': { type: 'string', description: 'the field of --matching custom', valueHint: 'field' },
  map: {
    type: 'string',
    description: 'the field of a column; content.KEY and custom_data.KEY too; may be repeated',
    valueHint: 'column=field',
  },
  skip: { type: 'string', description: 'a column to leave out; may be repeated', valueHint: 'column' },
  format: { type: 'string', description: 'csv, ndjson or json; else by the name and the first character' },
  delimiter: {
    type: 'string',
    description: 'of CSV; else the one that the header has',
    valueHint: 'character|tab',
  },
  encoding: { type: 'string', description: 'such as windows-1251', default: 'utf-8' },
  batch: { type: 'string', description: 'rows in a request', default: '5000', valueHint: 'rows' },
  parallel: { type: 'string', description: 'requests at once', default: '2', valueHint: 'count' },
  content: { type: 'string', description: 'for templates, {apicontent.…}', valueHint: 'json' },
  'custom-data': { type: 'string', description: 'for the events of these runs', valueHint: 'json' },
  resource: { type: 'string', description: 'narrows what profiles are found by to it', valueHint: 'id' },
  'skip-triggers': { type: 'boolean', description: 'start no other workflow because of the import' },
  'skip-invalid-subscriptions': {
    type: 'boolean',
    description: 'import rows without their bad subscriptions',
  },
  'detect-geo': { type: 'boolean', description: 'fill country, city and time zone by IP address' },
  'dry-run': { type: 'boolean', description: 'say what would happen, and change nothing' },
  'no-wait': {
    type: 'boolean',
    description: 'end when the server has everything, without waiting for the outcome',
  },
  restart: {
    type: 'boolean',
    description: 'import the whole file again although a journal says that some was sent',
  },
  resend: {
    type: 'boolean',
    description: 'send batches again of which it is not known any more whether they arrived',
  },
  journal: { type: 'string', description: 'else FILE.muster-journal', valueHint: 'path' },
  failed: {
    type: 'string',
    description: 'where failed rows are written; else FILE.failed.csv or .ndjson',
    valueHint: 'path',
  },
  patience: {
    type: 'string',
    description: 'how long a server that does not answer is tried again',
    default: String(PATIENCE_SECONDS),
    valueHint: 'seconds',
  },
  ...serverOptions,
} as const;

function printCounters(counters: Counters): string {
  return told
    .filter((name) => (counters[name] ?? 0) > 0)
    .map((name) => `${name.replace('_', ' ')} ${counters[name]}`)
    .join(', ');
}

function printReasons({ terminal }: Shell, reasons: ReasonCounter): string {
  const list = reasons.list();
  if (list.length === 0) return '';
  const columns = [
    { title: 'ROWS', isNumber: true },
    { title: 'FIELD' },
    { title: 'REASON' },
    { title: 'FIRST LINE', isNumber: true },
  ];
  const rows = list
    .slice(0, SHOWN_REASONS)
    .map(({ count, field, text, line }) => [String(count), field, text, String(line)]);
  const more = list.length > SHOWN_REASONS ? `and ${list.length - SHOWN_REASONS} other reasons\n` : '';
  return `\n${printTable(terminal, columns, rows)}${more}`;
}

function summarize(
  shell: Shell,
  given: Options,
  facts: {
    readonly file: string;
    readonly rows: number;
    readonly counters: Counters;
    readonly reasons: ReasonCounter;
    readonly isDryRun: boolean;
    readonly taskIds?: readonly string[];
    readonly failedPath?: string | undefined;
    readonly hasWaited?: boolean;
  },
): ExitCode {
  const { file, rows, counters, reasons, isDryRun, taskIds = [], failedPath, hasWaited = true } = facts;
  const { terminal } = shell;
  const failed = countFailed(counters);
  if (given.flag('json')) {
    const document = {
      ...{ file, dry_run: isDryRun, rows, failed, counters, task_ids: taskIds },
      ...{ failed_file: failedPath ?? null, reasons: reasons.list() },
    };
    terminal.out(`${JSON.stringify(document, null, 2)}\n`);
  } else if (!hasWaited) {
    terminal.out(`${rows} rows of ${file} were sent as ${taskIds.length} tasks: ${taskIds.join(', ')}\n`);
  } else {
    const what = isDryRun ? 'would become' : 'became';
    terminal.out(`${rows} rows of ${file} ${what}: ${printCounters(counters) || 'nothing'}\n`);
    const started = `${counters['started'] ?? 0} ${isDryRun ? 'would be' : 'were'} sent into the workflow`;
    terminal.out(`${started}, ${counters['skipped_reentry'] ?? 0} skipped as its re-entry mode says\n`);
    terminal.out(printReasons(shell, reasons));
    if (failedPath !== undefined)
      terminal.out(`Failed rows, to be mended and imported again: ${failedPath}\n`);
  }
  return failed === 0 ? exitCodes.ok : exitCodes.failed;
}

async function runDry(
  shell: Shell,
  given: Options,
  client: ServerClient,
  path: string,
  settings: ImportSettings,
): Promise<ExitCode> {
  const reasons = new ReasonCounter();
  const outcome = await dryRun(path, settings, client, shell.signal, (row, fault) => reasons.add(row, fault));
  return summarize(shell, given, { file: given.required('file'), ...outcome, reasons, isDryRun: true });
}

async function runImport(
  shell: Shell,
  given: Options,
  path: string,
  settings: ImportSettings,
): Promise<ExitCode> {
  const { clock, signal, terminal } = shell;
  const address = await findServer(shell, given);
  const patienceMs = (given.count('patience', 0) ?? PATIENCE_SECONDS) * 1000;
  const client = await openClient(shell, given, patienceMs, address);
  if (given.flag('dry-run')) return runDry(shell, given, client, path, settings);
  const format =
    settings.input.format ?? detectFormat(path, (await readHead(path, settings.input.encoding)).head);
  const failedPath = given.text('failed') ?? `${path}.failed.${format === 'csv' ? 'csv' : 'ndjson'}`;
  const isQuiet = given.flag('json');
  const progress = isQuiet ? undefined : new ProgressLine(terminal, clock);
  const reasons = new ReasonCounter();
  const begunAt = clock.now().getTime();
  let first: number | undefined;
  try {
    const outcome = await importFile(
      {
        ...{ path, settings, failedPath, journalPath: given.text('journal') ?? `${path}.muster-journal` },
        ...{ restart: given.flag('restart'), resend: given.flag('resend'), wait: !given.flag('no-wait') },
      },
      {
        ...{ client, clock, signal, sender: senderOf(address.token) },
        onResume: (batches) => {
          if (!isQuiet) terminal.err(`Goes on where it stopped: ${batches} batches were sent before.\n`);
        },
        onProgress: (state) => {
          first ??= state.done;
          const seconds = (clock.now().getTime() - begunAt) / 1000;
          progress?.show({ ...state, perSecond: seconds > 0 ? (state.done - first) / seconds : 0 });
        },
        onFault: (row, fault) => reasons.add(row, fault),
      },
    );
    progress?.stop();
    return summarize(shell, given, {
      ...{ file: given.required('file'), ...outcome, reasons, isDryRun: false },
      hasWaited: !given.flag('no-wait'),
    });
  } finally {
    progress?.stop();
  }
}

/** Standard input is kept as a file until nothing of it is to be resumed. */
async function runFromStdin(shell: Shell, given: Options, settings: ImportSettings): Promise<ExitCode> {
  const path = await keepStdin(shell.stdin, shell.signal);
  const isSent = { maybe: false };
  try {
    isSent.maybe = !given.flag('dry-run');
    const code = await runImport(shell, given, path, settings);
    await rm(path, { force: true });
    return code;
  } catch (thrown) {
    if (!isSent.maybe) await rm(path, { force: true });
    const hint = `standard input is kept in ${path}: go on with that as FILE`;
    if (thrown instanceof Interrupted) throw new Interrupted(`${thrown.message} (${hint})`);
    if (thrown instanceof CliError && isSent.maybe) {
      throw new CliError(thrown.message, thrown.advice === undefined ? hint : `${thrown.advice}; ${hint}`);
    }
    throw thrown;
  }
}

export const importCommand: Command = {
  description:
    'Import a file of profiles and send them into a workflow; the same command again goes on where it stopped. Exit code 0 = all rows were imported, 1 = some failed, 2 = it could not be done, 130 = stopped',
  options,
  run: async (shell, given) => {
    const settings = readImportSettings(given);
    const path = given.required('file');
    if (path === '-') return runFromStdin(shell, given, settings);
    return runImport(shell, given, path, settings);
  },
};
