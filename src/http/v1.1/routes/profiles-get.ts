import { findOneProfile, importRules } from '../../../importer/index.ts';
import { dataText } from '../envelope.ts';
import { authorizeRead } from '../import-call.ts';
import type { ApiMethod } from '../method.ts';
import { printProfile } from '../print-profile.ts';
import { failure, oneProfileBody, profileDataAnswer } from '../schemas.ts';

const rules = importRules.get;

/** In `data` alone: beside `error`, a field of that name would hide whether the method has succeeded. */
export const profilesGet: ApiMethod = {
  name: rules.method,
  rights: ['read'],
  schema: {
    tags: ['v1.1'],
    summary: 'Get one profile with its subscriptions',
    body: oneProfileBody,
    response: { 200: { anyOf: [profileDataAnswer, failure] } },
  },
  handle: async (call) => {
    const { profile } = await findOneProfile(call.deps.db, call.body, rules, authorizeRead(call));
    return dataText(printProfile(profile));
  },
};
