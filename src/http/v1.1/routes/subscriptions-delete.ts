import { deleteSubscription, importRules } from '../../../importer/index.ts';
import { beginChange } from '../dedup.ts';
import { successText } from '../envelope.ts';
import { authorizeImport } from '../import-call.ts';
import type { ApiMethod } from '../method.ts';
import { failure, oneSubscriptionBody, setSubscriptionsAnswer } from '../schemas.ts';
import { chooseByBody, withSubscriptionMatching } from '../subscription-body.ts';

const { method } = importRules.deleteSubscription;

function print(profileId: string, hashId: string): string {
  return successText({ profile_id: profileId, hash_id: hashId });
}

export const subscriptionsDelete: ApiMethod = {
  name: method,
  rights: ['import'],
  schema: {
    tags: ['v1.1'],
    summary: 'Take one subscription away from one profile',
    body: oneSubscriptionBody,
    response: { 200: { anyOf: [setSubscriptionsAnswer, failure] } },
  },
  handle: async (call) => {
    const body = withSubscriptionMatching(call.body);
    const keep = await beginChange(call, method);
    const { profileId, subscription } = await deleteSubscription(
      call.deps,
      body,
      authorizeImport(call),
      (shape) => chooseByBody(body, shape),
      (tx, id, { id: hashId }) => keep(tx, print(id, hashId)),
    );
    return print(profileId, subscription.id);
  },
};
