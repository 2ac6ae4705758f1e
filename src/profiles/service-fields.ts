import { createHash } from 'node:crypto';
import xxhash from 'xxhash-wasm';
import type { JsonObject } from '../base/index.ts';
import type { StoredProfile } from './sql/select-profiles.ts';

// Compiling its few kilobytes takes a millisecond, once in the life of the process.
const { h64ToString } = await xxhash();

/** The MD5 of an address in the form in which it is stored (lower case, E.164), 32 hexadecimal digits. */
export function addressMd5(address: string): string {
  return createHash('md5').update(address).digest('hex');
}

export function domainOf(email: string): string {
  return email.slice(email.lastIndexOf('@') + 1);
}

/**
 * What the platform says of every profile beside its fields: ids, times as RFC 3339 in UTC, the domain and the hashes of
 * the e-mail address. `_xxh` is its XXH64 with seed 0, 16 hexadecimal digits. What depends on an address is null where
 * there is none.
 */
export function serviceFieldsOf(profile: StoredProfile): JsonObject {
  const { id, databaseId, fields, createdAt, updatedAt } = profile;
  const email = typeof fields['email'] === 'string' ? fields['email'] : undefined;
  return {
    ...{ id, _id: id, db_id: databaseId },
    _createtime: createdAt.toISOString(),
    _updatetime: updatedAt.toISOString(),
    _status: fields['_status'] ?? null,
    _emaildomain: email === undefined ? null : domainOf(email),
    _md5: email === undefined ? null : addressMd5(email),
    _xxh: email === undefined ? null : h64ToString(email),
  };
}
