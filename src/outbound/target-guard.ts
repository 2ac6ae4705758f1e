import type { LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { failure, type Outcome, success } from '../base/index.ts';
import { addressFault } from './judge-address.ts';

/** Asks for all addresses of a name: `dns.lookup`, or a resolver of a test. */
export type ResolveAll = (
  hostname: string,
  options: { all: true; family?: number; hints?: number },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** The guard's refusal on its way through the connector; its message is the reason. */
export class TargetRefused extends Error {}

/** The host of a parsed URL without the brackets of an IPv6 literal: what is resolved and connected to. */
export function hostOf(url: URL): string {
  return url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
}

function hostFault(url: URL, allowPrivate: boolean): string | undefined {
  const host = hostOf(url);
  // The parser has turned every notation of an IPv4 address (0x7f.1, 2130706433, 017700000001) into the usual one.
  if (isIP(host) !== 0) return addressFault(host, allowPrivate);
  // A final dot evades comparisons of names and is in no certificate.
  if (host.endsWith('.')) return `the host name ${host} ends with a dot`;
  if (allowPrivate || (host !== 'localhost' && !host.endsWith('.localhost'))) return undefined;
  return `the name ${host} is private; MUSTER_ALLOW_PRIVATE_TARGETS=1 allows it`;
}

/** The URL as it is going to be requested, or why it is not. */
export function parseTargetUrl(text: string, allowPrivate: boolean): Outcome<URL, string> {
  // The parser silently drops line breaks and tabs: what was read by a person would not be what is requested.
  if (/[\x00-\x1f\x7f]/.test(text)) return failure('the URL holds a control character');
  const url = URL.parse(text);
  if (url === null) return failure('the URL is not valid');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return failure('the URL begins with neither http:// nor https://');
  }
  if (url.username !== '' || url.password !== '') {
    return failure('the URL holds a user or password; they belong into an authorization header');
  }
  const fault = hostFault(url, allowPrivate);
  return fault === undefined ? success(url) : failure(fault);
}

/**
 * What is wrong with a target's URL as far as its text tells, for forms and for publishing; undefined when nothing.
 * A name that resolves to a refused address is found only when it is connected to.
 */
export function checkTargetUrl(url: string, allowPrivate: boolean): string | undefined {
  const parsed = parseTargetUrl(url, allowPrivate);
  return parsed.ok ? undefined : parsed.error;
}

/**
 * The `lookup` of every connection. The addresses it judges are the very ones that Node connects to, so a name that
 * changes its address between check and use (DNS rebinding) wins nothing. One refused address refuses the name: which
 * of several is connected to depends on timing.
 */
export function guardedLookup(resolve: ResolveAll, allowPrivate: boolean): LookupFunction {
  return (hostname, options, callback) => {
    const family = options.family === 4 || options.family === 6 ? options.family : 0;
    resolve(hostname, { all: true, family, hints: options.hints ?? 0 }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      for (const { address } of addresses) {
        const fault = addressFault(address, allowPrivate);
        if (fault !== undefined) return callback(new TargetRefused(`${hostname}: ${fault}`), []);
      }
      const [first] = addresses;
      if (first === undefined) return callback(Object.assign(new Error(), { code: 'ENOTFOUND' }), []);
      if (options.all === true) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}
