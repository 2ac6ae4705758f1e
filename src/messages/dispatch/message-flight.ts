import { toError } from '../../base/index.ts';
import type { DeliveryOutcome, RenderedContent } from '../message.ts';
import type { ClaimedMessage } from './claimed-message.ts';
import { judgeTry, judgeUntried } from './judge-outcome.ts';
import type { DispatchSender, MessageDispatcherDeps } from './message-dispatcher-deps.ts';
import type { MessageTemplate } from './message-template.ts';
import { type Landing, MessageWriter } from './message-writer.ts';
import { type PreparedMessage, prepareBatch } from './prepare-batch.ts';
import { renderMessage } from './render.ts';
import { SenderChannels } from './sender-channels.ts';

/** Fewer places than this part of what a sender has are not worth a claim of their own while it has some under way. */
const CLAIM_SHARE = 4;

type FindTemplate = (id: number, version: number) => Promise<MessageTemplate | undefined>;

export interface MessageClaim {
  readonly token: string;
  readonly senderId: number;
  /** Undefined = it is gone. */
  readonly sender: DispatchSender | undefined;
  readonly messages: readonly ClaimedMessage[];
}

/** The messages of this process from their claim until their outcome is written: each takes a place as long. */
export class MessageFlight {
  readonly #deps: MessageDispatcherDeps;
  readonly #stopping = new AbortController();
  readonly #writer: MessageWriter;
  readonly #channels: SenderChannels;
  readonly #bySender = new Map<number, number>();
  #taken = 0;
  #changed = Promise.withResolvers<void>();

  constructor(deps: MessageDispatcherDeps) {
    this.#deps = deps;
    this.#channels = new SenderChannels(deps.log);
    this.#writer = new MessageWriter(deps, this.#stopping.signal, (landings) => this.#leave(landings));
  }

  /** Resolves when places have become free. */
  change(): Promise<void> {
    return this.#changed.promise;
  }

  /** Lets those who wait for a change look again. */
  tell(): void {
    const told = this.#changed;
    this.#changed = Promise.withResolvers<void>();
    told.resolve();
  }

  hasMessagesOf(senderId: number): boolean {
    return this.#bySender.has(senderId);
  }

  /** How many places a sender may take now: no more than it then leaves free, so that there is room for the next. */
  roomFor(senderId: number): number {
    const own = this.#bySender.get(senderId) ?? 0;
    const room = Math.max(0, Math.ceil((this.#deps.concurrency - this.#taken - own) / 2));
    return own > 0 && room < (own + room) / CLAIM_SHARE ? 0 : room;
  }

  /** Prepares what was claimed and begins to send it. Never rejects: what cannot be prepared is given back. */
  async launch(claim: MessageClaim): Promise<void> {
    const { senderId, token, messages } = claim;
    this.#taken += messages.length;
    this.#bySender.set(senderId, (this.#bySender.get(senderId) ?? 0) + messages.length);
    const { log, clock } = this.#deps;
    try {
      const prepared = await prepareBatch(this.#deps, messages, token, clock.now());
      const templates = this.#templatesOfBatch();
      for (const one of prepared) void this.#carry(one, claim, templates);
    } catch (thrown) {
      log.error({ err: toError(thrown), senderId }, 'messages could not be prepared; they are given back');
      for (const message of messages) this.#land(claim, { message, profile: undefined }, undefined);
    }
  }

  /** Asks for each version once. */
  #templatesOfBatch(): FindTemplate {
    const { db, loadTemplateVersion } = this.#deps;
    const asked = new Map<string, ReturnType<FindTemplate>>();
    return (id, version) => {
      const key = `${id} ${version}`;
      const found = asked.get(key) ?? loadTemplateVersion(db, id, version);
      asked.set(key, found);
      return found;
    };
  }

  #land(
    { token }: MessageClaim,
    { message, profile }: Pick<PreparedMessage, 'message' | 'profile'>,
    outcome: Landing['outcome'],
    reach?: Landing['reach'],
    reason: string | null = null,
  ): void {
    this.#writer.add({ message, profile, token, outcome, reach, reason });
  }

  async #carry(prepared: PreparedMessage, claim: MessageClaim, findTemplate: FindTemplate): Promise<void> {
    const { message, judgement } = prepared;
    const { token } = claim;
    const { clock, log } = this.#deps;
    const fail = (reason: string): void => {
      const outcome = judgeUntried(message, token, { kind: 'failed', reason }, clock.now());
      this.#land(claim, prepared, outcome);
    };
    const untried = judgeUntried(message, token, judgement, clock.now());
    if (untried !== undefined) return this.#land(claim, prepared, untried);
    if (claim.sender === undefined) return fail(`there is no sender ${message.senderId}`);
    let content: RenderedContent;
    try {
      const { templateId, templateVersion } = message;
      const template = await findTemplate(templateId, templateVersion);
      if (template === undefined) {
        return fail(`there is no version ${templateVersion} of template ${templateId}`);
      }
      const rendered = renderMessage(this.#deps, template, prepared, clock.now());
      if (!rendered.ok) return fail(rendered.error);
      content = rendered.value;
    } catch (thrown) {
      log.error({ err: toError(thrown), message: message.id }, 'a message could not be rendered');
      return fail('the message could not be rendered');
    }
    await this.#try(prepared, claim, claim.sender, content);
  }

  async #try(
    prepared: PreparedMessage,
    claim: MessageClaim,
    sender: DispatchSender,
    content: RenderedContent,
  ): Promise<void> {
    const { message } = prepared;
    const { clock, observeSend, signals } = this.#deps;
    const started = performance.now();
    const outcome = await this.#send(message, sender, content);
    observeSend(performance.now() - started, outcome.kind);
    await signals.reach('message.after-send');
    const isHarmless =
      outcome.kind === 'temporary' || (outcome.kind === 'unknown' && message.onUnknown === 'repeat');
    // Cut off by the stop: given back as if it were not tried.
    if (this.#stopping.signal.aborted && isHarmless) return this.#land(claim, prepared, undefined);
    const isUnreachable = outcome.kind === 'temporary' && outcome.unreachable;
    const answered = outcome.kind === 'unknown' ? undefined : 'reached';
    const judged = judgeTry(message, claim.token, outcome, clock.now());
    const reason = outcome.kind === 'accepted' ? null : outcome.reason;
    this.#land(claim, prepared, judged, isUnreachable ? 'unreachable' : answered, reason);
  }

  /** A try ends by its limit whatever the channel does. */
  async #send(
    message: ClaimedMessage,
    sender: DispatchSender,
    content: RenderedContent,
  ): Promise<DeliveryOutcome> {
    const { clock, log, tryMs } = this.#deps;
    let entered: ReturnType<SenderChannels['enter']>;
    try {
      entered = this.#channels.enter(sender);
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
      const sent = entered.channel.send(outgoing, AbortSignal.any([late.signal, this.#stopping.signal]));
      return await Promise.race([sent, limit]);
    } catch (thrown) {
      log.error({ err: toError(thrown), message: id }, 'a channel met a fault');
      return { kind: 'unknown', reason: 'the channel met a fault' };
    } finally {
      ended.abort();
      entered.leave();
    }
  }

  #leave(landings: readonly Landing[]): void {
    this.#taken -= landings.length;
    for (const { message } of landings) {
      const left = (this.#bySender.get(message.senderId) ?? 0) - 1;
      if (left > 0) this.#bySender.set(message.senderId, left);
      else this.#bySender.delete(message.senderId);
    }
    this.tell();
  }

  /** Ends tries under way, and gives up outcomes that cannot be written now. */
  cutOff(): void {
    this.#stopping.abort();
  }

  /** Waits until all tries have ended and their outcomes are written, and closes the channels. */
  async land(): Promise<void> {
    while (this.#taken > 0) await this.change();
    await this.#channels.closeAll();
  }
}
