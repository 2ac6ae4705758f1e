import { backoffMs } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import type { TargetOutcome } from '../outbound/index.ts';
import { meetsPattern } from './success-pattern.ts';

const FIRST_RETRY_MS = 5_000;
const MAX_RETRY_MS = 3_600_000;
/** Characters of an answer that are kept for an operator. */
const MAX_KEPT_ANSWER = 1_000;
const GONE = 410;
const TOO_MANY = 429;

/** What has come of one try. */
export interface Verdict {
  readonly isDone: boolean;
  readonly httpStatus: number | null;
  /** Why it is not done, for an operator. */
  readonly fault: string | null;
  readonly answer: string | null;
  /** The target asks never to be told again. */
  readonly isGone: boolean;
  /** What the target asks to be left alone for; 0 = it does not say. */
  readonly retryAfterMs: number;
}

function readRetryAfter(value: string | undefined, now: Date): number {
  if (value === undefined) return 0;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now.getTime();
  // A target that asks for more patience is not believed.
  return ms > 0 ? Math.min(ms, MAX_RETRY_MS) : 0;
}

/** The beginning of an answer, without what PostgreSQL does not store. */
function keptText(body: string): string {
  return body.slice(0, MAX_KEPT_ANSWER).replaceAll('\u0000', '\ufffd').toWellFormed();
}

/** Success is HTTP 2xx and, where the hook has a pattern, a body that it matches. */
export async function judgeDelivery(
  db: Db,
  successPattern: string | null,
  outcome: TargetOutcome,
  now: Date,
): Promise<Verdict> {
  if (outcome.kind !== 'answer') {
    const { reason: fault } = outcome;
    return { isDone: false, httpStatus: null, fault, answer: null, isGone: false, retryAfterMs: 0 };
  }
  const { status, body, headers } = outcome;
  const told = { httpStatus: status, answer: keptText(body), isGone: status === GONE };
  if (status < 200 || status > 299) {
    const retryAfterMs = readRetryAfter(headers['retry-after'], now);
    return { ...told, isDone: false, fault: `the answer was HTTP ${status}`, retryAfterMs };
  }
  if (successPattern !== null && !(await meetsPattern(db, body, successPattern))) {
    const fault = 'the answer does not match the success pattern';
    return { ...told, isDone: false, fault, retryAfterMs: 0 };
  }
  return { ...told, isDone: true, fault: null, retryAfterMs: 0 };
}

/**
 * What an outcome says of the target: one that fails by itself, or asks to be spared, is better left alone for a while.
 * Undefined = nothing: it was never asked.
 */
export function judgeReach(outcome: TargetOutcome): 'reached' | 'unreachable' | undefined {
  switch (outcome.kind) {
    case 'answer':
      return outcome.status >= 500 || outcome.status === TOO_MANY ? 'unreachable' : 'reached';
    case 'fault':
      return 'unreachable';
    case 'refused':
      return undefined;
  }
}

/**
 * When to try again after a failure, or null to park the delivery: at the end of its time there is one last try.
 * @param attempts tries so far, with this one.
 */
export function nextTry(verdict: Verdict, attempts: number, giveUpAt: Date, now: Date): Date | null {
  if (verdict.isGone || now >= giveUpAt) return null;
  const pauseMs = Math.max(backoffMs(attempts, FIRST_RETRY_MS, MAX_RETRY_MS), verdict.retryAfterMs);
  return new Date(Math.min(now.getTime() + pauseMs, giveUpAt.getTime()));
}
