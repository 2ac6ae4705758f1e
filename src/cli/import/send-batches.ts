import type { JsonObject } from '../../base/index.ts';
import { CliError } from '../cli-error.ts';
import { textIn } from '../remote/read-answer.ts';
import type { ServerClient } from '../remote/server-client.ts';
import { ServerRefusal, ServerUnreachable } from '../remote/server-refusal.ts';
import type { BatchRecord, Journal } from './journal.ts';
import type { Batch } from './split-batches.ts';

/** So long a server recognises a request that is sent again. */
const RECOGNISED_MS = 23 * 3_600_000;
const METHOD = 'workflows/import_and_start_batch_task';

export interface SendDeps {
  readonly client: ServerClient;
  readonly journal: Journal;
  /** Names the token, without being it. */
  readonly sender: string;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** Whether batches of which nobody knows any more whether they arrived are sent again all the same. */
  readonly resend: boolean;
}

/** The body of a request, always the same text for the same rows: the server compares it with that of the first try. */
export function bodyOf(envelope: JsonObject, batch: Batch): string {
  return `${JSON.stringify(envelope).slice(0, -1)},"data":${batch.data}}`;
}

function requireSame(journal: Journal, batch: Batch, known: BatchRecord): void {
  if (known.hash === batch.hash) return;
  throw new CliError(
    `the file has changed since this import was begun (batch ${batch.index + 1} has other rows, journal ${journal.path})`,
    'bring the file back, or --restart to import the whole of it again',
  );
}

/** A batch that was sent and not answered: the server must still be able to say whether it has it. */
function requireRecognised(
  { journal, sender, now, resend }: SendDeps,
  batch: Batch,
  known: BatchRecord,
): void {
  if (resend) return;
  const isLate = now().getTime() - known.begunAt.getTime() > RECOGNISED_MS;
  if (!isLate && known.sender === sender) return;
  const why = isLate ? `was sent at ${known.begunAt.toISOString()}` : 'was sent with another token';
  throw new CliError(
    `batch ${batch.index + 1} ${why}, and whether it arrived is not known any more (journal ${journal.path})`,
    'look for its rows in “muster tasks list”; --resend sends it again',
  );
}

async function sendBatch(deps: SendDeps, envelope: JsonObject, batch: Batch): Promise<void> {
  const { client, journal, sender, now } = deps;
  const known = journal.records.get(batch.index);
  if (known !== undefined) requireSame(journal, batch, known);
  if (known?.taskId !== undefined) return;
  if (known === undefined) await journal.begin(batch.index, batch.hash, sender, now());
  else requireRecognised(deps, batch, known);
  try {
    const answer = await client.call(METHOD, bodyOf(envelope, batch), journal.requestIdOf(batch.index));
    await journal.accept(batch.index, textIn(answer, 'task_id'));
  } catch (thrown) {
    const isKnownFault = thrown instanceof ServerRefusal || thrown instanceof ServerUnreachable;
    // What another process has sent may have arrived then, whatever is said now.
    if (isKnownFault && thrown.wasUntouched && known === undefined) await journal.refuse(batch.index);
    if (!(thrown instanceof ServerRefusal) || !thrown.message.includes('too large')) throw thrown;
    throw new CliError(
      `the server takes no request of that size: ${thrown.message}`,
      'try a smaller --batch',
    );
  }
}

/**
 * Sends the batches that the server does not have, several at once, and makes sure that the others are those that it has.
 * @param onBatch told of every batch that the server has.
 * @throws {CliError} when the file is not the one that was begun with, or the server cannot be reached; {ServerRefusal}.
 */
export async function sendBatches(
  deps: SendDeps,
  envelope: JsonObject,
  batches: AsyncGenerator<Batch>,
  parallel: number,
  onBatch: (batch: Batch) => void,
): Promise<void> {
  let last = -1;
  let hasFailed = false;
  const work = async (): Promise<void> => {
    while (!hasFailed && !deps.signal.aborted) {
      const { value, done } = await batches.next();
      if (done) return;
      last = Math.max(last, value.index);
      if (value.itemCount > 0) await sendBatch(deps, envelope, value);
      onBatch(value);
    }
  };
  const workers = Array.from({ length: parallel }, () =>
    work().catch((thrown: unknown) => {
      hasFailed = true;
      throw thrown;
    }),
  );
  for (const outcome of await Promise.allSettled(workers)) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
  const beyond = Math.max(-1, ...deps.journal.records.keys());
  if (!deps.signal.aborted && beyond > last) {
    throw new CliError(
      `the file is shorter than when this import was begun (journal ${deps.journal.path})`,
      'bring it back, or --restart to import the whole of it again',
    );
  }
}
