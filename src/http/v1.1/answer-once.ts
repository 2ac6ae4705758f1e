import { type Db, withTx } from '../../db/index.ts';
import { queryWithoutToken } from '../paths.ts';
import { identifyRequest, keepAnswer, refuseRepeat } from './dedup.ts';
import type { ApiCall } from './method.ts';

/**
 * Runs a changing method in one transaction with the record of its answer, so that a repeat of the request is given
 * that answer and changes nothing. `work` returns the JSON text of the answer.
 * @throws {RepeatedRequest} when the request was executed before.
 */
export async function answerOnce(
  { deps, request, token, bodyHash }: ApiCall,
  method: string,
  work: (tx: Db) => Promise<string>,
): Promise<string> {
  const requestId = request.headers['request-id'];
  const identity = identifyRequest({
    method,
    query: queryWithoutToken(request.url),
    bodyHash,
    requestId: typeof requestId === 'string' ? requestId : undefined,
    tokenId: token.id,
    windowSeconds: deps.config.repeatWindowSeconds,
    now: deps.clock.now(),
  });
  if (identity === undefined) return withTx(deps.db, work);
  await refuseRepeat(deps.db, identity);
  return withTx(deps.db, async (tx) => {
    const text = await work(tx);
    await keepAnswer(tx, identity, text);
    return text;
  });
}
