import ipaddr from 'ipaddr.js';

type Kind = 'global' | 'private' | 'reserved' | 'never';

/** Reachable with MUSTER_ALLOW_PRIVATE_TARGETS: what an operator may well run a service on. */
const PRIVATE_RANGES = new Set(['loopback', 'private', 'carrierGradeNat', 'uniqueLocal']);

/** Not even then: nobody's service, or the metadata of a cloud machine, which gives away its credentials. */
const NEVER_RANGES = new Set(['linkLocal', 'multicast', 'broadcast', 'unspecified']);

/** Metadata services that lie outside the link-local range: of AWS over IPv6, and of Alibaba. */
const METADATA_ADDRESSES = new Set(['fd00:ec2::254', '100.100.100.200']);

type IPv4 = ipaddr.IPv4;
type IPv6 = ipaddr.IPv6;

function kindOfRange(range: string): Kind {
  if (range === 'unicast') return 'global';
  if (PRIVATE_RANGES.has(range)) return 'private';
  return NEVER_RANGES.has(range) ? 'never' : 'reserved';
}

function kindOfIPv4(address: IPv4): Kind {
  return METADATA_ADDRESSES.has(address.toString()) ? 'never' : kindOfRange(address.range());
}

/** The IPv4 address in two 16-bit parts of an IPv6 address. Teredo stores the client's with all bits inverted. */
function embedded(parts: readonly number[], at: number, invert = 0): IPv4 {
  const high = (parts[at] ?? 0) ^ invert;
  const low = (parts[at + 1] ?? 0) ^ invert;
  return new ipaddr.IPv4([high >> 8, high & 255, low >> 8, low & 255]);
}

/** Those IPv4 addresses to which a packet for this IPv6 address may be translated or tunnelled. */
function embeddedAddresses(address: IPv6, range: string): IPv4[] {
  const { parts } = address;
  switch (range) {
    case 'ipv4Mapped':
    case 'rfc6145':
      return [embedded(parts, 6)];
    case 'rfc6052':
      // 64:ff9b:1::/48 is for use inside one network: nobody outside knows where the IPv4 address stands in it.
      return parts[2] === 0 ? [embedded(parts, 6)] : [];
    case '6to4':
      return [embedded(parts, 1)];
    case 'teredo':
      return [embedded(parts, 2), embedded(parts, 6, 0xffff)];
    default:
      // ::a.b.c.d, IPv4-compatible, deprecated since RFC 4291 but still routed by some systems.
      return parts.slice(0, 6).every((part) => part === 0) ? [embedded(parts, 6)] : [];
  }
}

const SEVERITY: readonly Kind[] = ['global', 'private', 'reserved', 'never'];

function kindOfIPv6(address: IPv6): Kind {
  const range = address.range();
  if (METADATA_ADDRESSES.has(address.toRFC5952String())) return 'never';
  if (range === 'loopback' || range === 'unspecified') return kindOfRange(range);
  const inner = embeddedAddresses(address, range);
  if (inner.length > 0) {
    const worst = Math.max(...inner.map((one) => SEVERITY.indexOf(kindOfIPv4(one))));
    return SEVERITY[worst] ?? 'never';
  }
  const kind = kindOfRange(range);
  // What is assigned as global lies in 2000::/3; the library calls everything unlisted unicast.
  return kind === 'global' && (address.parts[0] ?? 0) >> 13 !== 1 ? 'reserved' : kind;
}

function kindOfAddress(address: string): Kind {
  if (!ipaddr.isValid(address)) return 'never';
  const parsed = ipaddr.parse(address);
  return parsed instanceof ipaddr.IPv4 ? kindOfIPv4(parsed) : kindOfIPv6(parsed);
}

/**
 * Why no request goes to this address, or undefined when one may. Without `allowPrivate` only addresses of the public
 * Internet are fine, and IPv6 addresses that embed an IPv4 one only if that is fine too. With it private and reserved
 * addresses are fine as well, but never link-local (cloud metadata), multicast, broadcast and unspecified ones.
 */
export function addressFault(address: string, allowPrivate: boolean): string | undefined {
  const kind = kindOfAddress(address);
  if (kind === 'global') return undefined;
  if (kind === 'never') return `the address ${address} is not one that requests are sent to`;
  if (allowPrivate) return undefined;
  return `the address ${address} is ${kind}; MUSTER_ALLOW_PRIVATE_TARGETS=1 allows it`;
}
