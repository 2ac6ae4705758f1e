import { newObjectId, slotOf } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { Vault } from '../../vault/index.ts';
import { createSmtpChannel } from '../channels/smtp/create-smtp-channel.ts';
import type { DeliveryOutcome } from '../message.ts';
import { loadTemplate } from '../stored-templates/load-template.ts';
import { renderContent } from '../stored-templates/render-content.ts';
import { getTemplate } from '../stored-templates/templates.ts';
import type { OpenedSender, SmtpSettings } from './sender.ts';

const LIMIT_MS = 60_000;
const PLAIN = {
  subject: 'Test message',
  html: '',
  text: 'This is a test message. It came through: the sender works.\n',
  headers: {},
};

/**
 * Sends one mail at once, past the queue, budgets and checks: a person waits for the answer. With a template, variables
 * of its texts are empty.
 * @throws {MusterError} 404 without such a template.
 */
export async function sendTestMail(
  deps: { readonly db: Db; readonly vault: Vault; readonly now: Date },
  sender: OpenedSender & { readonly settings: SmtpSettings },
  { to, templateId }: { readonly to: string; readonly templateId: number | undefined },
): Promise<DeliveryOutcome> {
  const { db, vault, now } = deps;
  const stored = templateId === undefined ? undefined : await getTemplate(db, templateId);
  const template = stored && (await loadTemplate(db, stored.id, stored.version));
  const scope = { lead: { email: to }, subscription: null, apicontent: null };
  const content = template === undefined ? PLAIN : renderContent(template, scope);
  const channel = createSmtpChannel({ sender, vault, openFile: async () => undefined });
  const id = newObjectId(now);
  try {
    const outgoing = {
      ...{ id, slot: slotOf(id), profileId: id, address: to, createdAt: now, attempts: 0 },
      channel: 'email',
      content: { ...content, attachments: [], unsubscribeUrl: null },
    } as const;
    return await channel.send(outgoing, AbortSignal.timeout(LIMIT_MS));
  } finally {
    await channel.close();
  }
}
