import type { Clock } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { TargetClient } from '../../outbound/index.ts';
import type { Vault } from '../../vault/index.ts';
import { createGatewayChannel } from '../channels/gateway/channel.ts';
import { parseGatewaySettings } from '../channels/gateway/settings.ts';
import type { OpenFile } from '../channels/smtp/compose-mail.ts';
import { createSmtpChannel } from '../channels/smtp/create-smtp-channel.ts';
import type { DispatchSender } from '../dispatch/message-dispatcher-deps.ts';
import type { SenderChannel } from '../message.ts';
import type { OpenedSender } from './sender.ts';
import { limitsOf, loadSender } from './senders.ts';

/**
 * Messages claimed for each connection of an SMTP pool: what a connection sends next is at hand when it has sent the
 * last, and a claim costs its dozen statements once for many messages.
 */
const CLAIMED_PER_CONNECTION = 20;

export interface OpenSenderDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly client: TargetClient;
  readonly clock: Clock;
  readonly openFile: OpenFile;
}

/** The way out of a sender. @throws {Error} for stored settings that cannot be read. */
export function openChannel(
  deps: Pick<OpenSenderDeps, 'vault' | 'client' | 'clock' | 'openFile'>,
  sender: OpenedSender,
): SenderChannel {
  const { vault, client, clock, openFile } = deps;
  const { settings, secrets } = sender;
  if (settings.kind === 'smtp')
    return createSmtpChannel({ sender: { ...sender, settings }, vault, openFile });
  const parsed = parseGatewaySettings(settings);
  if (!parsed.ok) {
    const faults = parsed.error.map(({ path, message }) => `${path}: ${message}`).join('; ');
    throw new Error(`the settings of sender ${sender.id} cannot be read: ${faults}`);
  }
  return createGatewayChannel({ settings: parsed.value, secrets, client, clock });
}

/** A sender as the dispatcher needs it; undefined = there is none. */
export async function openSender(deps: OpenSenderDeps, id: number): Promise<DispatchSender | undefined> {
  const sender = await loadSender(deps.db, deps.vault, id);
  if (sender === undefined) return undefined;
  const { concurrency, perSecond } = limitsOf(sender);
  const each = sender.settings.kind === 'smtp' ? CLAIMED_PER_CONNECTION : 1;
  return {
    ...{ id, updatedAt: sender.updatedAt, limits: { concurrency: concurrency * each, perSecond } },
    open: () => openChannel(deps, sender),
  };
}
