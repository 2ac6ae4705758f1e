import { chooseOneSubscription, findOneProfile, importRules } from '../../../importer/index.ts';
import { dataText } from '../envelope.ts';
import { authorizeRead } from '../import-call.ts';
import type { ApiMethod } from '../method.ts';
import { printSubscription } from '../print-profile.ts';
import {
  failure,
  oneProfileBody,
  oneSubscriptionBody,
  subscriptionAnswer,
  subscriptionsAnswer,
} from '../schemas.ts';
import { chooseByBody, withProfileMatching, withSubscriptionMatching } from '../subscription-body.ts';

export const subscriptionsList: ApiMethod = {
  name: importRules.listSubscriptions.method,
  rights: ['read'],
  schema: {
    tags: ['v1.1'],
    summary: 'List the subscriptions of one profile',
    body: oneProfileBody,
    response: { 200: { anyOf: [subscriptionsAnswer, failure] } },
  },
  handle: async (call) => {
    const body = withProfileMatching(call.body);
    const { profile } = await findOneProfile(
      call.deps.db,
      body,
      importRules.listSubscriptions,
      authorizeRead(call),
    );
    return dataText(profile.subscriptions.map(printSubscription));
  },
};

export const subscriptionsGet: ApiMethod = {
  name: importRules.getSubscription.method,
  rights: ['read'],
  schema: {
    tags: ['v1.1'],
    summary: 'Get one subscription of one profile',
    body: oneSubscriptionBody,
    response: { 200: { anyOf: [subscriptionAnswer, failure] } },
  },
  handle: async (call) => {
    const body = withSubscriptionMatching(call.body);
    const { shape, profile } = await findOneProfile(
      call.deps.db,
      body,
      importRules.getSubscription,
      authorizeRead(call),
    );
    const subscription = chooseOneSubscription(profile.subscriptions, chooseByBody(body, shape));
    return dataText({ profile_id: profile.id, ...printSubscription(subscription) });
  },
};
