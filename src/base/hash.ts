import { createHash } from 'node:crypto';
import xxhash from 'xxhash-wasm';

// Compiling its few kilobytes takes a millisecond, once in the life of the process.
const { h64ToString } = await xxhash();

/** The MD5 of an address in the form in which it is stored (lower case, E.164), 32 hexadecimal digits. */
export function addressMd5(address: string): string {
  return createHash('md5').update(address).digest('hex');
}

/** The XXH64 of an address with seed 0, 16 hexadecimal digits. */
export function addressXxh(address: string): string {
  return h64ToString(address);
}
