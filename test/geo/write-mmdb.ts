/**
 * Writes MMDB files (https://maxmind.github.io/MaxMind-DB/) for tests: an IPv6 tree with the IPv4 networks under ::/96,
 * as vendors build it. Without pointers; numbers become doubles, or 32-bit integers with `uint32`.
 */
type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

/** A number that is stored as an unsigned integer. */
interface Unsigned {
  readonly uint32: number;
}

const MARKER = Buffer.from('ABCDEF4D61784D696E642E636F6D', 'hex');
const TREE_BITS = 128;
const NODE_BYTES = 6;

function control(type: number, size: number): Buffer {
  const extended = type > 7;
  const [low, more] = size < 29 ? [size, []] : [29, [size - 29]];
  return Buffer.from([((extended ? 0 : type) << 5) | low, ...(extended ? [type - 7] : []), ...more]);
}

function encode(value: Value | Unsigned): Buffer {
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    return Buffer.concat([control(2, bytes.length), bytes]);
  }
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(value);
    return Buffer.concat([control(3, 8), bytes]);
  }
  if (typeof value === 'boolean') return control(14, value ? 1 : 0);
  if (Array.isArray(value)) {
    return Buffer.concat([control(11, value.length), ...value.map((element: Value) => encode(element))]);
  }
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first?.[0] === 'uint32' && typeof first[1] === 'number') {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(first[1]);
    return Buffer.concat([control(6, 4), bytes]);
  }
  return Buffer.concat([
    control(7, entries.length),
    ...entries.flatMap(([key, element]) => [encode(key), encode(element)]),
  ]);
}

/** The first bits of the address. IPv4 in dotted form, IPv6 with all eight groups written out. */
function networkBits(network: string): string {
  const [address = '', length = ''] = network.split('/');
  const bits = (part: string, radix: number, width: number): string =>
    Number.parseInt(part, radix).toString(2).padStart(width, '0');
  const isIPv4 = address.includes('.');
  const all = isIPv4
    ? '0'.repeat(96) +
      address
        .split('.')
        .map((part) => bits(part, 10, 8))
        .join('')
    : address
        .split(':')
        .map((part) => bits(part, 16, 16))
        .join('');
  return all.slice(0, Number(length) + (isIPv4 ? TREE_BITS - 32 : 0));
}

/**
 * @param databaseType what the file says of itself, such as `GeoLite2-City`
 * @param records by network, `81.2.69.0/24`; networks must not overlap
 */
export function writeMmdb(databaseType: string, records: Readonly<Record<string, Value>>): Buffer {
  /** Per node its two sides: a node's index, `d` and an offset into the data, or nothing. */
  const nodes: [string, string][] = [['', '']];
  const data: Buffer[] = [];
  let dataBytes = 0;
  for (const [network, record] of Object.entries(records)) {
    const bits = networkBits(network);
    let node = nodes[0];
    for (const [depth, bit] of [...bits].entries()) {
      if (node === undefined) throw new Error('networks overlap');
      const side = bit === '1' ? 1 : 0;
      if (depth === bits.length - 1) {
        node[side] = `d${dataBytes}`;
        break;
      }
      if (node[side] === '') {
        node[side] = String(nodes.length);
        nodes.push(['', '']);
      }
      node = nodes[Number(node[side])];
    }
    const bytes = encode(record);
    data.push(bytes);
    dataBytes += bytes.length;
  }
  const tree = Buffer.alloc(nodes.length * NODE_BYTES);
  const pointer = (side: string): number => {
    if (side === '') return nodes.length;
    return side.startsWith('d') ? nodes.length + 16 + Number(side.slice(1)) : Number(side);
  };
  for (const [index, [left, right]] of nodes.entries()) {
    tree.writeUIntBE(pointer(left), index * NODE_BYTES, 3);
    tree.writeUIntBE(pointer(right), index * NODE_BYTES + 3, 3);
  }
  const metadata: Record<string, Value | Unsigned> = {
    binary_format_major_version: { uint32: 2 },
    binary_format_minor_version: { uint32: 0 },
    build_epoch: { uint32: 1_790_000_000 },
    database_type: databaseType,
    description: { en: 'made by a test' },
    ip_version: { uint32: 6 },
    languages: ['en'],
    node_count: { uint32: nodes.length },
    record_size: { uint32: NODE_BYTES * 4 },
  };
  const entries = Object.entries(metadata);
  const tail = [
    control(7, entries.length),
    ...entries.flatMap(([key, value]) => [encode(key), encode(value)]),
  ];
  return Buffer.concat([tree, Buffer.alloc(16), ...data, MARKER, ...tail]);
}
