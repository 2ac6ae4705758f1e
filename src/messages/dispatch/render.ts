import { failure, type JsonObject, type Outcome, success } from '../../base/index.ts';
import { serviceFieldsOf } from '../../profiles/index.ts';
import { renderTemplate, type TemplateScope } from '../../templates/index.ts';
import type { RenderedContent } from '../message.ts';
import { findSubscription } from './find-subscription.ts';
import type { Decorate, MessageDispatcherDeps } from './message-dispatcher-deps.ts';
import type { MessageTemplate } from './message-template.ts';
import type { PreparedMessage } from './prepare-batch.ts';

/** What messages of every channel may read; a wider scope than `TemplateScope` asks for. */
type MessageScope = TemplateScope & {
  readonly subscriptions: readonly JsonObject[];
  readonly links?: { readonly unsubscribe: string; readonly globalUnsubscribe: string };
  readonly now: Date;
  readonly zone?: string;
};

const noDecoration: Decorate = (content) => content;

/** @returns the content; or why this message cannot be rendered. */
export function renderMessage(
  deps: Pick<MessageDispatcherDeps, 'linksOf' | 'decorate'>,
  template: MessageTemplate,
  { message, profile, scope }: PreparedMessage,
  now: Date,
): Outcome<RenderedContent, string> {
  if (profile === undefined) return failure('the profile is gone');
  const links = deps.linksOf?.(message);
  const zone = profile.fields['_tz'];
  const seen: MessageScope = {
    lead: { ...profile.fields, ...serviceFieldsOf(profile) },
    subscription: findSubscription(profile.subscriptions, message) ?? null,
    apicontent: scope?.content ?? null,
    subscriptions: profile.subscriptions,
    now,
    ...(links === undefined ? {} : { links }),
    ...(typeof zone === 'string' ? { zone } : {}),
  };
  const print = (part: MessageTemplate['subject']): string =>
    part === undefined ? '' : renderTemplate(part, seen);
  const named = [...template.headers, ...(template.data ?? [])];
  const content: RenderedContent = {
    subject: print(template.subject),
    html: print(template.html),
    text: print(template.text),
    headers: Object.fromEntries(named.map(([name, part]) => [name, print(part)])),
    attachments: scope?.attachments ?? [],
    unsubscribeUrl: message.channel === 'email' ? (links?.oneClick ?? null) : null,
  };
  if (content.html === '' && content.text === '' && content.subject === '' && named.length === 0) {
    return failure('the template has printed nothing');
  }
  const { trackOpens, trackClicks } = template;
  return success((deps.decorate ?? noDecoration)(content, message, { trackOpens, trackClicks }));
}
