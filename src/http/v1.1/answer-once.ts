import { type Db, withTx } from '../../db/index.ts';
import { beginChange } from './dedup.ts';
import type { ApiCall } from './method.ts';

/**
 * Runs a changing method in one transaction with the record of its answer, so that a repeat of the request is given
 * that answer and changes nothing. `work` returns the JSON text of the answer.
 * @throws {RepeatedRequest} when the request was executed before.
 */
export async function answerOnce(
  call: ApiCall,
  method: string,
  work: (tx: Db) => Promise<string>,
): Promise<string> {
  const keep = await beginChange(call, method);
  return withTx(call.deps.db, async (tx) => {
    const text = await work(tx);
    await keep(tx, text);
    return text;
  });
}
