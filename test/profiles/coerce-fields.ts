import assert from 'node:assert/strict';
import { type JsonObject, type Outcome, success } from '../../src/base/index.ts';
import { type ProfileShape, parseProfilePatch, type RowError } from '../../src/profiles/index.ts';

/** The fields to set, where there are no functional updates. */
export function coerceFields(where: ProfileShape, data: JsonObject): Outcome<JsonObject, RowError> {
  const patch = parseProfilePatch(where, data);
  assert.ok(!patch.ok || patch.value.operations.length === 0);
  return patch.ok ? success(patch.value.set) : patch;
}
