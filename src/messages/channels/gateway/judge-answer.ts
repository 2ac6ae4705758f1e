import { tryParseJson } from '../../../base/index.ts';
import type { TargetOutcome } from '../../../outbound/index.ts';
import type { DeliveryOutcome } from '../../message.ts';
import { readText } from './json-pointer.ts';
import type { GatewaySettings } from './settings.ts';

type Answer = Extract<TargetOutcome, { kind: 'answer' }>;

/** Patterns look at so much of an answer: a pattern that was written badly must not hold the process up. */
const MAX_MATCHED_LENGTH = 4_096;
const MAX_SHOWN_LENGTH = 200;
const MAX_ID_LENGTH = 200;
const MAX_RETRY_AFTER_MS = 3_600_000;
/** Too short to be a secret, and all over every text. */
const MIN_SECRET_LENGTH = 4;

/** Takes the sender's secrets out of a text, also where they are spelled as in a URL or in JSON. */
export function maskSecrets(text: string, secrets: Readonly<Record<string, string>>): string {
  const values = Object.values(secrets).filter((value) => value.length >= MIN_SECRET_LENGTH);
  const spellings = values.flatMap((value) => [
    value,
    encodeURIComponent(value.toWellFormed()),
    JSON.stringify(value).slice(1, -1),
    Buffer.from(value).toString('base64'),
  ]);
  const longestFirst = spellings.toSorted((left, right) => right.length - left.length);
  return longestFirst.reduce((masked, spelling) => masked.replaceAll(spelling, '[secret]'), text);
}

function readId(settings: GatewaySettings, body: string): string | null {
  const { id } = settings.answer;
  if (id === null) return null;
  if (id.kind === 'pattern') {
    const groups = id.pattern.exec(body.slice(0, MAX_MATCHED_LENGTH))?.slice(1) ?? [];
    return groups.find((group) => group !== undefined) ?? null;
  }
  const json = tryParseJson(body);
  return (json === undefined ? undefined : readText(json, id.pointer)) ?? null;
}

function storableId(id: string | null): string | null {
  const isFine = id !== null && id !== '' && id.length <= MAX_ID_LENGTH && !id.includes('\u0000');
  return isFine ? id.toWellFormed() : null;
}

function retryAfterMs(answer: Answer, now: Date): number | null {
  const value = answer.headers['retry-after'];
  if (value === undefined) return null;
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - now.getTime();
  return ms > 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : null;
}

/** The answer as an operator may see it. */
function shownOf(answer: Answer, secrets: Readonly<Record<string, string>>): string {
  const text = maskSecrets(answer.body.slice(0, MAX_MATCHED_LENGTH), secrets);
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
  const cut = line.length > MAX_SHOWN_LENGTH ? `${line.slice(0, MAX_SHOWN_LENGTH)}…` : line;
  return `HTTP ${answer.status}${cut === '' ? '' : `: ${cut.toWellFormed()}`}`;
}

/**
 * A pattern that says what is accepted is asked first, since an answer may repeat the message's own text; then those
 * of bad addresses and of what passes; then the status.
 */
function judgeAnswer(
  settings: GatewaySettings,
  answer: Answer,
  secrets: Readonly<Record<string, string>>,
  now: Date,
): DeliveryOutcome {
  const { accepted, temporary, badAddress } = settings.answer;
  const { status } = answer;
  const body = answer.body.slice(0, MAX_MATCHED_LENGTH);
  const shown = shownOf(answer, secrets);
  const isStatusFine = accepted.statuses?.includes(status) ?? (status >= 200 && status < 300);
  const accept = (): DeliveryOutcome => ({
    kind: 'accepted',
    answer: shown,
    providerId: storableId(readId(settings, answer.body)),
  });
  if (isStatusFine && accepted.pattern?.test(body)) return accept();
  if (badAddress?.test(body)) return { kind: 'permanent', reason: shown, badAddress: true };
  if (temporary.statuses.includes(status) || temporary.pattern?.test(body)) {
    return { kind: 'temporary', reason: shown, afterMs: retryAfterMs(answer, now), unreachable: false };
  }
  if (isStatusFine && accepted.pattern === null) return accept();
  if (status === 429 || status === 408 || status >= 500) {
    const afterMs = retryAfterMs(answer, now);
    return { kind: 'temporary', reason: shown, afterMs, unreachable: status >= 500 };
  }
  return { kind: 'permanent', reason: shown, badAddress: false };
}

/** What one request has come to. A request that was sent and whose answer was lost may have been taken. */
export function judgeGatewayOutcome(
  settings: GatewaySettings,
  outcome: TargetOutcome,
  secrets: Readonly<Record<string, string>>,
  now: Date,
): DeliveryOutcome {
  switch (outcome.kind) {
    case 'answer':
      return judgeAnswer(settings, outcome, secrets, now);
    case 'refused':
      return { kind: 'permanent', reason: outcome.reason, badAddress: false };
    case 'fault':
      return outcome.sent
        ? { kind: 'unknown', reason: outcome.reason }
        : { kind: 'temporary', reason: outcome.reason, afterMs: null, unreachable: true };
  }
}
