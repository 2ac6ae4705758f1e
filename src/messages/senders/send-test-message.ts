import { newObjectId, slotOf } from '../../base/index.ts';
import type { DeliveryOutcome } from '../message.ts';
import { loadTemplate } from '../stored-templates/load-template.ts';
import { renderContent } from '../stored-templates/render-content.ts';
import { getTemplate } from '../stored-templates/templates.ts';
import { type OpenSenderDeps, openChannel } from './open-sender.ts';
import type { OpenedSender } from './sender.ts';

const LIMIT_MS = 60_000;
const PLAIN = {
  subject: 'Test message',
  html: '',
  text: 'This is a test message. It came through: the sender works.',
  headers: {},
};

/**
 * Sends one message at once, past the queue, budgets and checks: a person waits for the answer. With a template,
 * variables of its texts are empty.
 * @param to as messages of the sender's channel have their address.
 * @throws {MusterError} 404 without such a template.
 */
export async function sendTestMessage(
  deps: Omit<OpenSenderDeps, 'openFile'>,
  sender: OpenedSender,
  { to, templateId }: { readonly to: string; readonly templateId: number | undefined },
): Promise<DeliveryOutcome> {
  const { db, clock } = deps;
  const stored = templateId === undefined ? undefined : await getTemplate(db, templateId);
  const template = stored && (await loadTemplate(db, stored.id, stored.version));
  const { channel } = sender;
  const scope = { lead: channel === 'email' ? { email: to } : {}, subscription: null, apicontent: null };
  const content = template === undefined ? PLAIN : renderContent(template, scope);
  const way = openChannel({ ...deps, openFile: async () => undefined }, sender);
  const now = clock.now();
  const id = newObjectId(now);
  try {
    const outgoing = {
      ...{ id, slot: slotOf(id), profileId: id, address: to, createdAt: now, attempts: 0, channel },
      content: { ...content, attachments: [], unsubscribeUrl: null },
    };
    return await way.send(outgoing, AbortSignal.timeout(LIMIT_MS));
  } finally {
    await way.close();
  }
}
