import { SLOT_COUNT } from '../base/index.ts';
import type { Vault } from '../vault/index.ts';

const PURPOSE = 'bounce';
/** Mail servers may change the case of an address; half of the mark's 22 characters are enough once case is dropped. */
const MARK_CHARACTERS = 12;
const FORM = /^bounce\+(\d{1,2})-([0-9a-f]{24})-([a-z0-9_-]{12})$/;

function markOf(vault: Vault, slot: number, id: string): string {
  return vault.sign(PURPOSE, `${slot} ${id}`).slice(0, MARK_CHARACTERS).toLowerCase();
}

/**
 * The envelope sender of one message, to which its bounces come back: `bounce+<slot>-<id>-<mark>@domain`. 56 characters
 * before the @ at most, of the 64 that there may be.
 */
export function printBounceAddress(
  vault: Vault,
  message: { readonly slot: number; readonly id: string },
  domain: string,
): string {
  return `bounce+${message.slot}-${message.id}-${markOf(vault, message.slot, message.id)}@${domain}`;
}

/** The message that an address is of; undefined when this server has not made the address. */
export function parseBounceAddress(
  vault: Vault,
  address: string,
): { readonly slot: number; readonly id: string } | undefined {
  const local = address.slice(0, Math.max(address.lastIndexOf('@'), 0)).toLowerCase();
  const [, digits, id = '', mark] = FORM.exec(local) ?? [];
  const slot = Number(digits);
  if (digits === undefined || slot >= SLOT_COUNT) return undefined;
  return mark === markOf(vault, slot, id) ? { slot, id } : undefined;
}

/** `<slot>.<id>@domain` in angle brackets: the same for every try of a message. */
export function printMessageId(
  message: { readonly slot: number; readonly id: string },
  domain: string,
): string {
  return `<${message.slot}.${message.id}@${domain}>`;
}

/** The message whose Message-ID a returned mail or an answer names; it is not signed, whoever got the message knows it. */
export function parseMessageId(
  messageId: string,
): { readonly slot: number; readonly id: string } | undefined {
  const [, digits, id = ''] = /^<(\d{1,2})\.([0-9a-f]{24})@[^@<>]+>$/.exec(messageId.trim()) ?? [];
  const slot = Number(digits);
  return digits === undefined || slot >= SLOT_COUNT ? undefined : { slot, id };
}
