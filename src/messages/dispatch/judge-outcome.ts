import { backoffMs, unreachable } from '../../base/index.ts';
import type { DeliveryOutcome } from '../message.ts';
import type { MessageNews } from '../run-port.ts';
import type { SettledMessage } from '../sql/settle-messages.ts';
import type { ClaimedMessage } from './claimed-message.ts';
import type { Judgement } from './judge-message.ts';

const FIRST_RETRY_MS = 60_000;
const MAX_RETRY_MS = 3_600_000;
/** A server that asks for more patience than this is not believed. */
const MAX_AFTER_MS = 86_400_000;
const MAX_TEXT_LENGTH = 1_000;

/** What is written of one message, and what is told of it. */
export interface MessageOutcome {
  readonly settled: SettledMessage;
  /** Null = the run waits on. */
  readonly news: MessageNews['kind'] | null;
  /** Null = nothing that hooks are told. */
  readonly event: 'send' | 'sbounce' | 'hbounce' | 'undeliv' | null;
  /** Whether nothing can ever be sent to the address. */
  readonly isBadAddress: boolean;
}

/** Texts of servers as they can be stored. */
function cleanText(text: string | null): string | null {
  return text === null ? null : text.replaceAll('\0', '').slice(0, MAX_TEXT_LENGTH).toWellFormed();
}

function outcomeOf(
  message: ClaimedMessage,
  token: string,
  own: Partial<SettledMessage> & Pick<SettledMessage, 'status'>,
  told: Partial<Omit<MessageOutcome, 'settled'>>,
): MessageOutcome {
  const { slot, id, attempts } = message;
  const nothing = {
    dueAt: null,
    sentAt: null,
    settledAt: null,
    providerId: null,
    answer: null,
    bounce: null,
  };
  const settled = { ...{ slot, id, token, attempts, reason: null }, ...nothing, ...own };
  const texts = {
    reason: cleanText(settled.reason),
    answer: cleanText(settled.answer),
    providerId: cleanText(settled.providerId),
  };
  return { settled: { ...settled, ...texts }, ...{ news: null, event: null, isBadAddress: false }, ...told };
}

function settleUnknown(message: ClaimedMessage, token: string, reason: string, now: Date): MessageOutcome {
  // It may have been sent, so caps count it.
  const own = { status: 'unknown', reason, sentAt: now, attempts: message.attempts } as const;
  if (message.onUnknown === 'park') return outcomeOf(message, token, own, {});
  return outcomeOf(message, token, { ...own, settledAt: now }, { news: 'unknown' });
}

function settleFailed(
  message: ClaimedMessage,
  token: string,
  refusal: { readonly reason: string; readonly isRefused: boolean; readonly isBadAddress: boolean },
  now: Date,
): MessageOutcome {
  const { isRefused, isBadAddress } = refusal;
  const reason = message.attempts > 1 ? `${refusal.reason} (${message.attempts} tries)` : refusal.reason;
  const isMail = message.channel === 'email' && isRefused;
  const bounce = isRefused ? (isBadAddress ? 'hard' : 'soft') : null;
  const event = isMail ? (isBadAddress ? 'hbounce' : 'sbounce') : 'undeliv';
  const own = { status: 'failed', reason, settledAt: now, bounce } as const;
  return outcomeOf(message, token, own, { news: 'failed', event, isBadAddress });
}

function retry(
  message: ClaimedMessage,
  token: string,
  fault: { readonly reason: string; readonly afterMs: number | null },
  now: Date,
): MessageOutcome {
  const { attempts, giveUpAt } = message;
  const asked = Math.min(fault.afterMs ?? 0, MAX_AFTER_MS);
  const pauseMs = Math.max(backoffMs(attempts, FIRST_RETRY_MS, MAX_RETRY_MS), asked);
  const dueAt = new Date(now.getTime() + pauseMs);
  if (dueAt > giveUpAt) {
    return settleFailed(message, token, { reason: fault.reason, isRefused: true, isBadAddress: false }, now);
  }
  return outcomeOf(message, token, { status: 'queued', dueAt, reason: fault.reason }, {});
}

/** What one try means for its message. */
export function judgeTry(
  claimed: ClaimedMessage,
  token: string,
  outcome: DeliveryOutcome,
  now: Date,
): MessageOutcome {
  const message = { ...claimed, attempts: claimed.attempts + 1 };
  switch (outcome.kind) {
    case 'accepted': {
      const { answer, providerId } = outcome;
      const own = { status: 'sent', sentAt: now, settledAt: now, answer, providerId } as const;
      return outcomeOf(message, token, own, { news: 'sent', event: 'send' });
    }
    case 'permanent': {
      const { reason, badAddress } = outcome;
      return settleFailed(message, token, { reason, isRefused: true, isBadAddress: badAddress }, now);
    }
    case 'temporary':
      return retry(message, token, outcome, now);
    case 'unknown':
      if (message.onUnknown !== 'repeat') return settleUnknown(message, token, outcome.reason, now);
      return retry(message, token, { reason: outcome.reason, afterMs: null }, now);
    default:
      return unreachable(outcome);
  }
}

/** What a decision without a try means; undefined = the message is to be sent. */
export function judgeUntried(
  message: ClaimedMessage,
  token: string,
  judgement: Judgement,
  now: Date,
): MessageOutcome | undefined {
  switch (judgement.kind) {
    case 'send':
      return undefined;
    case 'later':
      return outcomeOf(message, token, { status: 'queued', dueAt: judgement.dueAt, reason: null }, {});
    case 'unknown':
      return settleUnknown(message, token, judgement.reason, now);
    case 'failed': {
      const { reason } = judgement;
      return settleFailed(message, token, { reason, isRefused: false, isBadAddress: false }, now);
    }
    case 'cancelled':
    case 'suppressed': {
      const { kind: status, reason } = judgement;
      return outcomeOf(message, token, { status, reason, settledAt: now }, { news: 'no_address' });
    }
    default:
      return unreachable(judgement);
  }
}
