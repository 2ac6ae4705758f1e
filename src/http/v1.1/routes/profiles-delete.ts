import { deleteProfile, importRules } from '../../../importer/index.ts';
import { beginChange } from '../dedup.ts';
import { dataAndOwnText } from '../envelope.ts';
import { authorizeImport } from '../import-call.ts';
import type { ApiMethod } from '../method.ts';
import { deletedProfileAnswer, failure, oneProfileBody } from '../schemas.ts';

const { method } = importRules.delete;

function print(profileId: string): string {
  return dataAndOwnText({ profile_id: profileId }, { profile_id: profileId });
}

export const profilesDelete: ApiMethod = {
  name: method,
  rights: ['import'],
  schema: {
    tags: ['v1.1'],
    summary: 'Delete one profile; its runs end',
    body: oneProfileBody,
    response: { 200: { anyOf: [deletedProfileAnswer, failure] } },
  },
  handle: async (call) => {
    const keep = await beginChange(call, method);
    const { profileId } = await deleteProfile(call.deps, call.body, authorizeImport(call), (tx, id) =>
      keep(tx, print(id)),
    );
    return print(profileId);
  },
};
