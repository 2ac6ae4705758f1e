import { normalizeEmail, normalizePhone } from '../profiles/index.ts';
import type { NormalizeContact } from '../suppression/index.ts';

/** No country: a number without its country code could be anybody's. */
const NO_COUNTRY = '';

/** Contacts of suppression lists in the form in which profiles keep them. */
export const normalizeContact: NormalizeContact = (kind, text) => {
  if (kind === 'email') return normalizeEmail(text);
  if (kind === 'phone') return normalizePhone(text, NO_COUNTRY);
  const address = normalizeEmail(`a@${text.trim().replace(/^@/, '')}`);
  return address?.slice('a@'.length);
};
