import { SLOT_COUNT } from '../../base/index.ts';
import type { Vault } from '../../vault/index.ts';

/** A message by its key. */
export interface MessageRef {
  readonly slot: number;
  readonly id: string;
}

/** What a link of a message is for; a mark made for one is none for another. */
export type LinkKind = 'open' | 'click' | 'unsubscribe' | 'unsubscribe_everywhere';

export interface MessageLinks {
  /** The page that asks before it unsubscribes from the list. */
  readonly unsubscribe: string;
  /** The same for everything. */
  readonly globalUnsubscribe: string;
  /** For the header List-Unsubscribe: a POST unsubscribes at once, RFC 8058. */
  readonly oneClick: string;
}

export const linkPaths: Readonly<Record<LinkKind, string>> = {
  open: '/t/o/',
  click: '/t/c/',
  unsubscribe: '/u/',
  unsubscribe_everywhere: '/ug/',
};

const KEY_FORM = /^(\d{1,2})-([0-9a-f]{24})-([\w-]{22})$/;

/** The text that is signed: a mark of a click holds for one message and one URL alone. */
function signedText(message: MessageRef, url: string): string {
  return `${message.slot}-${message.id} ${url}`;
}

/** `<slot>-<id>-<mark>`. `url` is where a click leads, '' for other kinds. */
function printKey(vault: Vault, kind: LinkKind, message: MessageRef, url: string): string {
  return `${message.slot}-${message.id}-${vault.sign(kind, signedText(message, url))}`;
}

/** The message of a link; undefined when this server has not made the link for this kind and URL. */
export function readKey(vault: Vault, kind: LinkKind, key: string, url = ''): MessageRef | undefined {
  const [, digits, id = '', mark = ''] = KEY_FORM.exec(key) ?? [];
  const slot = Number(digits);
  if (digits === undefined || slot >= SLOT_COUNT || String(slot) !== digits) return undefined;
  return vault.isSigned(kind, signedText({ slot, id }, url), mark) ? { slot, id } : undefined;
}

function base(publicUrl: string, kind: LinkKind): string {
  return publicUrl.replace(/\/+$/, '') + linkPaths[kind];
}

/** Where a click is counted before it goes on to `url`. Holds no character that HTML would read otherwise. */
export function clickLink(publicUrl: string, vault: Vault, message: MessageRef, url: string): string {
  const encoded = encodeURIComponent(url).replaceAll("'", '%27');
  return `${base(publicUrl, 'click')}${printKey(vault, 'click', message, url)}?u=${encoded}`;
}

export function openLink(publicUrl: string, vault: Vault, message: MessageRef): string {
  return `${base(publicUrl, 'open')}${printKey(vault, 'open', message, '')}.gif`;
}

/** A link to a page about a message; `publicUrl` '' = to be followed from a page of this server. */
export function printLink(
  publicUrl: string,
  vault: Vault,
  kind: 'unsubscribe' | 'unsubscribe_everywhere',
  message: MessageRef,
): string {
  return base(publicUrl, kind) + printKey(vault, kind, message, '');
}

/** Where the recipient of a message can unsubscribe. */
export function linksOf(publicUrl: string, vault: Vault, message: MessageRef): MessageLinks {
  const unsubscribe = printLink(publicUrl, vault, 'unsubscribe', message);
  const globalUnsubscribe = printLink(publicUrl, vault, 'unsubscribe_everywhere', message);
  return { unsubscribe, globalUnsubscribe, oneClick: unsubscribe };
}

/** Whether the address is one of those that Muster itself puts into messages: it is not tracked again. */
export function isOwnLink(publicUrl: string, url: string): boolean {
  const kinds = ['open', 'click', 'unsubscribe', 'unsubscribe_everywhere'] as const;
  return kinds.some((kind) => url.startsWith(base(publicUrl, kind)));
}

/** The root of links in messages: the operator's address, or that on which this server listens. No slash at its end. */
export function publicUrlOf(config: {
  readonly publicUrl: string | undefined;
  readonly host: string;
  readonly port: number;
}): string {
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  return (config.publicUrl ?? `http://${host}:${config.port}`).replace(/\/+$/, '');
}
