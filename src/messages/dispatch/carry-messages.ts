import { toError } from '../../base/index.ts';
import type { Ending } from '../../budgets/index.ts';
import type { DeliveryOutcome, RenderedContent } from '../message.ts';
import type { ClaimedMessage } from './claimed-message.ts';
import { judgeTry, judgeUntried, type MessageOutcome } from './judge-outcome.ts';
import type { DispatchSender, MessageDispatcherDeps } from './message-dispatcher-deps.ts';
import type { MessageTemplate } from './message-template.ts';
import { type PreparedMessage, prepareBatch } from './prepare-batch.ts';
import { renderMessage } from './render.ts';
import type { SenderChannels } from './sender-channels.ts';
import type { MessageEnding } from './settle-outcomes.ts';

type CarryDeps = MessageDispatcherDeps & { readonly channels: SenderChannels };
type End = Ending<ClaimedMessage, MessageEnding>;

/** What the messages of one claim share. */
interface Batch {
  readonly token: string;
  /** Undefined = it is gone. */
  readonly sender: DispatchSender | undefined;
  readonly findTemplate: (id: number, version: number) => Promise<MessageTemplate | undefined>;
  /** Cuts tries off. */
  readonly stopping: AbortSignal;
}

/** Asks for each version of a template once. */
function findTemplatesOnce({ db, loadTemplateVersion }: CarryDeps): Batch['findTemplate'] {
  const asked = new Map<string, ReturnType<Batch['findTemplate']>>();
  return (id, version) => {
    const key = `${id} ${version}`;
    const found = asked.get(key) ?? loadTemplateVersion(db, id, version);
    asked.set(key, found);
    return found;
  };
}

/** An ending without a try, or of one that has not counted; undefined = the claim is given back. */
function endUntried(
  { message, profile }: Pick<PreparedMessage, 'message' | 'profile'>,
  token: string,
  outcome: MessageOutcome | undefined,
): End {
  const settled = outcome && { message, outcome, profile };
  return { row: message, token, outcome: settled, reach: undefined, reason: null };
}

/** @returns the content, or why there is none. */
async function render(
  deps: CarryDeps,
  prepared: PreparedMessage,
  batch: Batch,
): Promise<ReturnType<typeof renderMessage>> {
  const { id, templateId, templateVersion } = prepared.message;
  try {
    const template = await batch.findTemplate(templateId, templateVersion);
    if (template === undefined) {
      return { ok: false, error: `there is no version ${templateVersion} of template ${templateId}` };
    }
    return renderMessage(deps, template, prepared, deps.clock.now());
  } catch (thrown) {
    deps.log.error({ err: toError(thrown), message: id }, 'a message could not be rendered');
    return { ok: false, error: 'the message could not be rendered' };
  }
}

/** A try ends by its limit whatever the channel does. */
async function send(
  { clock, log, tryMs, channels }: CarryDeps,
  message: ClaimedMessage,
  sender: DispatchSender,
  content: RenderedContent,
  stopping: AbortSignal,
): Promise<DeliveryOutcome> {
  let entered: ReturnType<SenderChannels['enter']>;
  try {
    entered = channels.enter(sender);
  } catch (thrown) {
    log.error({ err: toError(thrown), senderId: sender.id }, 'the channel of a sender could not be opened');
    const reason = 'the sender could not be opened';
    return { kind: 'temporary', reason, afterMs: null, unreachable: true };
  }
  const ended = new AbortController();
  const late = new AbortController();
  const limit = clock.sleep(tryMs, ended.signal).then((): DeliveryOutcome => {
    late.abort();
    return { kind: 'unknown', reason: `nothing was heard of the try for ${tryMs} ms` };
  });
  const { slot, id, profileId, channel, attempts, createdAt } = message;
  const address = message.address ?? '';
  const outgoing = { slot, id, profileId, channel, address, attempts, createdAt, content };
  try {
    const sent = entered.channel.send(outgoing, AbortSignal.any([late.signal, stopping]));
    return await Promise.race([sent, limit]);
  } catch (thrown) {
    log.error({ err: toError(thrown), message: id }, 'a channel met a fault');
    return { kind: 'unknown', reason: 'the channel met a fault' };
  } finally {
    ended.abort();
    entered.leave();
  }
}

async function trySending(
  deps: CarryDeps,
  prepared: PreparedMessage,
  { token, stopping }: Batch,
  sender: DispatchSender,
  content: RenderedContent,
): Promise<End> {
  const { message, profile } = prepared;
  const { clock, observeSend, signals } = deps;
  const started = performance.now();
  const outcome = await send(deps, message, sender, content, stopping);
  observeSend(performance.now() - started, outcome.kind);
  await signals.reach('message.after-send');
  const isHarmless =
    outcome.kind === 'temporary' || (outcome.kind === 'unknown' && message.onUnknown === 'repeat');
  // Cut off by the stop: given back as if it were not tried.
  if (stopping.aborted && isHarmless) return endUntried(prepared, token, undefined);
  const isUnreachable = outcome.kind === 'temporary' && outcome.unreachable;
  const answered = outcome.kind === 'unknown' ? undefined : 'reached';
  return {
    row: message,
    token,
    outcome: { message, outcome: judgeTry(message, token, outcome, clock.now()), profile },
    reach: isUnreachable ? 'unreachable' : answered,
    reason: outcome.kind === 'accepted' ? null : outcome.reason,
  };
}

async function carryMessage(deps: CarryDeps, prepared: PreparedMessage, batch: Batch): Promise<End> {
  const { message, judgement } = prepared;
  const { token, sender } = batch;
  const fail = (reason: string): End =>
    endUntried(prepared, token, judgeUntried(message, token, { kind: 'failed', reason }, deps.clock.now()));
  const untried = judgeUntried(message, token, judgement, deps.clock.now());
  if (untried !== undefined) return endUntried(prepared, token, untried);
  if (sender === undefined) return fail(`there is no sender ${message.senderId}`);
  const rendered = await render(deps, prepared, batch);
  if (!rendered.ok) return fail(rendered.error);
  return trySending(deps, prepared, batch, sender, rendered.value);
}

/**
 * Decides about the messages of one claim, which have one sender, renders those that may be sent, and sends them; tells
 * of each as it ends. What cannot be prepared is given back.
 */
export async function carryMessages(
  deps: CarryDeps,
  messages: readonly ClaimedMessage[],
  token: string,
  stopping: AbortSignal,
  tell: (ending: End) => void,
): Promise<void> {
  const { db, clock, log, loadSender } = deps;
  const [first] = messages;
  if (first === undefined) return;
  let prepared: PreparedMessage[];
  let batch: Batch;
  try {
    const sender = await loadSender(db, first.senderId);
    batch = { token, sender, findTemplate: findTemplatesOnce(deps), stopping };
    prepared = await prepareBatch(deps, messages, token, clock.now());
  } catch (thrown) {
    const fields = { err: toError(thrown), senderId: first.senderId };
    log.error(fields, 'messages could not be prepared; they are given back');
    for (const message of messages) tell(endUntried({ message, profile: undefined }, token, undefined));
    return;
  }
  await Promise.all(prepared.map(async (one) => tell(await carryMessage(deps, one, batch))));
}
