import { createHash } from 'node:crypto';
import { findStoredAnswer, type StoredAnswer, storeAnswer } from '../../accounts/index.ts';
import { MusterError } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { queryWithoutToken } from '../paths.ts';
import type { ApiCall } from './method.ts';

/** For how long a Request-ID is recognised when the window is 0, which only switches checksums off. */
const REQUEST_ID_SECONDS = 86_400;

/** What makes two requests the same. */
export interface RequestIdentity {
  readonly key: Buffer;
  /** Of method and body: what must be equal when the key is. */
  readonly bodyHash: Buffer;
  /** An answer from before this moment counts as gone. */
  readonly since: Date;
  readonly now: Date;
}

/** The request was executed before; rolls back the transaction that was about to execute it again. */
export class RepeatedRequest extends Error {
  readonly key: Buffer;
  readonly answer: string;

  constructor(key: Buffer, answer: string) {
    super('this request was executed before');
    this.name = 'RepeatedRequest';
    this.key = key;
    this.answer = answer;
  }
}

/** Each part by its length too, so that no two lists of parts run together into the same bytes. */
function hashOf(...parts: readonly (string | Buffer)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest();
}

/**
 * The identity of a request: its Request-ID and token, else the checksum of method, address, body and token, since the
 * platform's callers change the address (`&request_id=2`) to send the same body twice on purpose.
 * @returns undefined when repeats of this request are not looked for.
 */
export function identifyRequest(request: {
  method: string;
  /** The parameters of the address but the token. */
  query: string;
  bodyHash: Buffer;
  requestId: string | undefined;
  /** The id of the token, or another name of who asks. */
  caller: string;
  windowSeconds: number;
  now: Date;
}): RequestIdentity | undefined {
  const { method, query, requestId, caller, windowSeconds, now } = request;
  if (!requestId && windowSeconds === 0) return undefined;
  const bodyHash = hashOf(method, request.bodyHash);
  const key = requestId
    ? hashOf('request-id', caller, requestId)
    : hashOf('checksum', caller, method, query, request.bodyHash);
  const since = new Date(now.getTime() - (windowSeconds || REQUEST_ID_SECONDS) * 1000);
  return { key, bodyHash, since, now };
}

/** `identifyRequest` for a call of that method. */
function identifyCall(call: ApiCall, method: string): RequestIdentity | undefined {
  const { deps, request, token, bodyHash } = call;
  const requestId = request.headers['request-id'];
  return identifyRequest({
    method,
    query: queryWithoutToken(request.url),
    bodyHash,
    requestId: typeof requestId === 'string' ? requestId : undefined,
    caller: String(token.id),
    windowSeconds: deps.config.repeatWindowSeconds,
    now: deps.clock.now(),
  });
}

function repeatOf(identity: RequestIdentity, stored: StoredAnswer): RepeatedRequest {
  if (stored.bodyHash.equals(identity.bodyHash)) return new RepeatedRequest(identity.key, stored.answer);
  throw new MusterError(409, {
    field: 'Request-ID',
    detail: 'Request-ID: was used before, with another method or body',
  });
}

/**
 * @throws {RepeatedRequest} when the request was executed before; {MusterError} 409 when its Request-ID was used for
 * something else.
 */
export async function refuseRepeat(db: Db, identity: RequestIdentity): Promise<void> {
  const stored = await findStoredAnswer(db, identity.key, identity.since);
  if (stored !== undefined) throw repeatOf(identity, stored);
}

/**
 * Keeps the answer in the transaction that executes the request. Of two that run at the same moment the second waits
 * here for the first, and then throws as `refuseRepeat` does, which rolls it back.
 */
export async function keepAnswer(tx: Db, identity: RequestIdentity, answer: string): Promise<void> {
  const outcome = await storeAnswer(tx, { ...identity, answer });
  if (outcome !== 'stored') throw repeatOf(identity, outcome);
}

/**
 * Begins a changing or launching method: refuses a repeat.
 * @returns keeps the JSON text of the answer, in the transaction that carries the request out.
 * @throws {RepeatedRequest} when it was carried out before; {MusterError} 409 when its Request-ID was used for something
 * else.
 */
export async function beginChange(
  call: ApiCall,
  method: string,
): Promise<(tx: Db, answer: string) => Promise<void>> {
  const identity = identifyCall(call, method);
  if (identity === undefined) return async () => {};
  await refuseRepeat(call.deps.db, identity);
  return (tx, answer) => keepAnswer(tx, identity, answer);
}
