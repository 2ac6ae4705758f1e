import { addressMd5, addressXxh, type JsonObject } from '../base/index.ts';
import type { StoredProfile } from './sql/select-profiles.ts';

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
    _xxh: email === undefined ? null : addressXxh(email),
  };
}
