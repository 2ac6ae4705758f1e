import { domainToASCII, domainToUnicode } from 'node:url';
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';

const MAX_EMAIL_LENGTH = 254;
const MAX_LOCAL_LENGTH = 64;
/** Atoms joined by dots (RFC 5321 dot-string), with letters of any script (RFC 6531). Quoted local parts are refused. */
const LOCAL_PART = /^[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const ASCII_DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * The one form in which an e-mail address is stored and looked for: trimmed, lower case, an internationalised domain
 * in Unicode whichever way it was sent. Undefined when it is no address.
 */
export function normalizeEmail(value: string): string | undefined {
  const address = value.trim().toLowerCase().normalize('NFC');
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  const domain = address.slice(at + 1);
  if (at < 1 || address.length > MAX_EMAIL_LENGTH || local.length > MAX_LOCAL_LENGTH) return undefined;
  if (!LOCAL_PART.test(local)) return undefined;
  if (ASCII_DOMAIN.test(domain) && !domain.includes('xn--')) return address;
  // domainToASCII would read an address literal or percent signs as a host; only letters, digits, dots are a domain.
  if (!/^[\p{L}\p{N}\p{M}.-]+$/u.test(domain)) return undefined;
  const ascii = domainToASCII(domain);
  return ASCII_DOMAIN.test(ascii) ? `${local}@${domainToUnicode(ascii)}` : undefined;
}

/** Russian and Kazakh numbers in E.164: the library agrees and takes fifty times as long. */
const PLAIN_SEVEN = /^\+7[3-9]\d{9}$/;

/**
 * A phone number as E.164. Without a `+` it is read as a national number of `country`, then as an international one.
 * Undefined when no country has numbers of that form.
 */
export function normalizePhone(value: string, country: string): string | undefined {
  const text = value.trim();
  if (PLAIN_SEVEN.test(text)) return text;
  // Letters would be read as the keys of a dial ("1-800-FLOWERS"), and long texts searched for a number.
  if (text.length > 40 || !/^\+?\s*[\d(][\d\s().\-/]*$/.test(text)) return undefined;
  const national = parsePhoneNumberFromString(text, toCountry(country));
  if (national?.isPossible()) return national.number;
  if (text.startsWith('+')) return undefined;
  const international = parsePhoneNumberFromString(`+${text}`);
  return international?.isPossible() ? international.number : undefined;
}

function toCountry(code: string): CountryCode | undefined {
  return isSupportedCountry(code) ? code : undefined;
}

export function isPhoneCountry(code: string): boolean {
  return isSupportedCountry(code);
}
