import { invalidRequest, isObjectId, MusterError, ownValue } from '../../../base/index.ts';
import { moveMembers } from '../../../importer/index.ts';
import { getProfile } from '../../../profiles/index.ts';
import { getSegment } from '../../../segments/index.ts';
import { requireRight } from '../auth.ts';
import { beginChange } from '../dedup.ts';
import { successText } from '../envelope.ts';
import type { ApiCall, ApiMethod } from '../method.ts';
import { readId } from '../read-keys.ts';
import { failure, profileAnswer, segstaticBody } from '../schemas.ts';

/** @throws {MusterError} 400 or 404 when there is no such profile, or no static segment of its database. */
async function findMove({ deps, token, body }: ApiCall) {
  const databaseId = readId(body, 'db_id', 'database');
  const segmentId = readId(body, 'segment_id', 'segment');
  requireRight(token, ['import'], databaseId);
  const value = ownValue(body, 'profile_id');
  const profileId = typeof value === 'string' ? value.trim().toLowerCase() : '';
  if (!isObjectId(profileId)) throw invalidRequest('profile_id', 'expected 24 hexadecimal digits');
  const segment = await getSegment(deps.db, segmentId);
  if (segment.databaseId !== databaseId) {
    const detail = `segment_id: database ${databaseId} has no segment ${segmentId}`;
    throw new MusterError(404, { field: 'segment_id', detail });
  }
  if (segment.kind !== 'static') {
    throw invalidRequest('segment_id', `who is in segment ${segmentId} is said by its filter`);
  }
  if ((await getProfile(deps.db, databaseId, profileId)) === undefined) {
    throw new MusterError(404, { field: 'profile_id', detail: 'profile_id: there is no such profile' });
  }
  return { segment, profileId };
}

/** A method that puts a profile into a static segment, or takes it out. Doing so twice is fine. */
function createMethod(action: 'add' | 'remove', summary: string): ApiMethod {
  const name = `profiles/segstatic/${action}`;
  return {
    name,
    rights: ['import'],
    schema: {
      tags: ['v1.1'],
      summary,
      body: segstaticBody,
      response: { 200: { anyOf: [profileAnswer, failure] } },
    },
    handle: async (call) => {
      const { deps, body } = call;
      const { segment, profileId } = await findMove(call);
      const keep = await beginChange(call, name);
      const text = successText({ profile_id: profileId });
      const move = {
        add: action === 'add' ? [profileId] : [],
        remove: action === 'remove' ? [profileId] : [],
        skipTriggers: ownValue(body, 'skip_triggers') === true,
      };
      await moveMembers(deps, segment, move, async (tx) => {
        await keep(tx, text);
      });
      return text;
    },
  };
}

export const segstaticMethods: readonly ApiMethod[] = [
  createMethod('add', 'Put a profile into a static segment'),
  createMethod('remove', 'Take a profile out of a static segment'),
];
