import { backoffMs, type JsonValue, storageFault, tryParseJson } from '../../base/index.ts';
import type { TargetOutcome } from '../../outbound/index.ts';
import type { ClaimedCall } from '../sql/claim-calls.ts';
import type { SettledCall } from '../sql/settle-calls.ts';

const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 300_000;
/** A target that asks for more patience than this is not believed. */
const MAX_RETRY_AFTER_MS = 3_600_000;
const RETRYABLE_STATUSES = new Set([408, 425, 429]);
/** Answers of proxies whose server is down. */
const UNREACHABLE_STATUSES = new Set([502, 503, 504]);
/** A call with whose tries so many workers have died is not tried by another one. */
const MAX_ATTEMPTS = 20;
const LOST = 'the server ended while the call was under way';

type Verdict =
  | { readonly kind: 'done'; readonly status: number; readonly body: JsonValue }
  | { readonly kind: 'failed'; readonly status: number | null; readonly fault: string }
  | {
      readonly kind: 'again';
      readonly status: number | null;
      readonly fault: string;
      readonly afterMs: number;
    }
  | { readonly kind: 'unknown'; readonly fault: string };

/** The body as JSON where it is that, else as text. */
function readBody(outcome: Extract<TargetOutcome, { kind: 'answer' }>): JsonValue {
  if (outcome.body === '') return null;
  if (!/[/+]json\b/i.test(outcome.headers['content-type'] ?? '')) return outcome.body;
  const parsed = tryParseJson(outcome.body);
  return parsed === undefined ? outcome.body : parsed;
}

function retryAfterMs(value: string | undefined, now: Date): number {
  if (value === undefined) return 0;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now.getTime();
  return ms > 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : 0;
}

function judgeAnswer(
  call: ClaimedCall,
  outcome: Extract<TargetOutcome, { kind: 'answer' }>,
  now: Date,
): Verdict {
  const { status } = outcome;
  if (status >= 200 && status < 300) {
    const body = call.saveAs === null ? null : readBody(outcome);
    const fault = storageFault(body, 'the answer');
    return fault === undefined ? { kind: 'done', status, body } : { kind: 'failed', status, fault };
  }
  const fault = `the answer was HTTP ${status}`;
  if (status < 500 && !RETRYABLE_STATUSES.has(status)) return { kind: 'failed', status, fault };
  return { kind: 'again', status, fault, afterMs: retryAfterMs(outcome.headers['retry-after'], now) };
}

/** Settled for good, without anything to keep. */
function blankOutcome(call: ClaimedCall, token: string) {
  const { slot, id, runId, workflowId, version, attempts, retriesLeft } = call;
  const nothing = { dueAt: null, isParked: false, httpStatus: null, fault: null, saved: null };
  return { ...{ slot, id, runId, workflowId, version, token, attempts, retriesLeft }, ...nothing };
}

function settleUnknown(call: ClaimedCall, token: string, fault: string): SettledCall {
  return { ...blankOutcome(call, token), status: 'unknown', fault, isParked: call.onUnknown === 'park' };
}

function judge(call: ClaimedCall, outcome: TargetOutcome, now: Date): Verdict {
  switch (outcome.kind) {
    case 'answer':
      return judgeAnswer(call, outcome, now);
    case 'refused':
      return { kind: 'failed', status: null, fault: outcome.reason };
    case 'fault':
      if (outcome.sent && call.onUnknown !== 'repeat') return { kind: 'unknown', fault: outcome.reason };
      return { kind: 'again', status: null, fault: outcome.reason, afterMs: 0 };
  }
}

/**
 * What one try means for its call. 2xx is done; 408, 425, 429, 5xx and network faults are tried again with growing
 * pauses, or when the target says so, while retries are left; everything else has failed. Where the target may have
 * taken the request and no answer says so, the call's `onUnknown` decides.
 */
export function judgeOutcome(
  call: ClaimedCall,
  token: string,
  outcome: TargetOutcome,
  now: Date,
): SettledCall {
  const { retriesLeft } = call;
  const attempts = call.attempts + 1;
  const verdict = judge(call, outcome, now);
  if (verdict.kind === 'unknown') return settleUnknown({ ...call, attempts }, token, verdict.fault);
  const base = { ...blankOutcome(call, token), attempts, httpStatus: verdict.status };
  if (verdict.kind === 'done') {
    const saved = call.saveAs === null ? null : { [call.saveAs]: verdict.body };
    return { ...base, status: 'done', saved };
  }
  const { fault } = verdict;
  if (verdict.kind === 'failed' || retriesLeft === 0) {
    const tries = attempts > 1 ? ` (${attempts} tries)` : '';
    return { ...base, status: 'failed', fault: `${fault}${tries}` };
  }
  const pauseMs = Math.max(backoffMs(attempts, FIRST_RETRY_MS, MAX_RETRY_MS), verdict.afterMs);
  const dueAt = new Date(now.getTime() + pauseMs);
  return { ...base, status: 'queued', dueAt, retriesLeft: retriesLeft - 1, fault };
}

/** What a lost try means for its call; undefined = it is tried again. */
export function judgeLost(call: ClaimedCall, token: string): SettledCall | undefined {
  if (!call.isLost) return undefined;
  if (call.onUnknown !== 'repeat') return settleUnknown(call, token, LOST);
  if (call.attempts < MAX_ATTEMPTS) return undefined;
  return { ...blankOutcome(call, token), status: 'failed', fault: `${LOST} (${call.attempts} tries)` };
}

/** What an outcome says of its host; undefined = nothing: it was never asked, or did not say. */
export function judgeReach(outcome: TargetOutcome): 'reached' | 'unreachable' | undefined {
  if (outcome.kind === 'answer') return UNREACHABLE_STATUSES.has(outcome.status) ? 'unreachable' : 'reached';
  return outcome.kind === 'fault' && !outcome.sent ? 'unreachable' : undefined;
}

/** How an outcome is counted in the metrics. */
export function outcomeLabel(outcome: TargetOutcome): string {
  return outcome.kind === 'answer' ? `${Math.floor(outcome.status / 100)}xx` : outcome.kind;
}
