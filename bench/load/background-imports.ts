import { type BenchClient, Refused } from '../environment/client.ts';
import { numbersFrom, printBatch } from './batch-body.ts';
import { untilCompleted } from './follow-import.ts';

const BATCH = 10_000;
/** So that the server is never without work while one is being printed or followed. */
const LANES = 2;

let nextNumber = 20_000_000;

/** Numbers of customers that no batch of this run has brought yet. */
export function freshNumbers(count: number): number[] {
  const first = nextNumber;
  nextNumber += count;
  return numbersFrom(first, count);
}

/** Keeps a server importing batches of 10,000. @returns a function that ends it, and tells how many profiles that were. */
export function keepImporting(
  client: BenchClient,
  workflowId: number,
  signal: AbortSignal,
): () => Promise<number> {
  let isStopping = false;
  async function lane(): Promise<number> {
    let imported = 0;
    while (!isStopping) {
      const taskId = await client.importBatch(printBatch(workflowId, freshNumbers(BATCH)));
      await untilCompleted(client, taskId, BATCH, signal, 'new');
      imported += BATCH;
    }
    return imported;
  }
  const lanes = Promise.all(Array.from({ length: LANES }, lane));
  // A fault is told by the one who ends it.
  lanes.catch(() => undefined);
  return async () => {
    isStopping = true;
    return (await lanes).reduce((sum, one) => sum + one, 0);
  };
}

/** ms that something takes. */
export async function timed(act: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
}

/** @returns the refusal; undefined = it was done. */
export async function refusalOf(act: () => Promise<unknown>): Promise<Refused | undefined> {
  try {
    await act();
    return undefined;
  } catch (fault) {
    if (fault instanceof Refused) return fault;
    throw fault;
  }
}
