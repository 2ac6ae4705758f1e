import { addressMd5, type JsonObject } from '../../base/index.ts';
import { domainOf, type StoredProfile, type Subscription, serviceFieldsOf } from '../../profiles/index.ts';

/** A category as the platform's SDK reads it. Ours have names alone; those of a subscription are on and can be left. */
function printCategory(name: string): JsonObject {
  return { name, title: name, steady: false, active: true };
}

/** The keys that are stored, those that the platform has beside them, and the contact in its nested form too. */
export function printSubscription(subscription: Subscription): JsonObject {
  const { id, email, phone, cats, ...stored } = subscription;
  return {
    ...{ id, hash_id: id },
    ...stored,
    ...(email === undefined
      ? {}
      : { email, email_data: { email, domain: domainOf(email), md5: addressMd5(email) } }),
    ...(phone === undefined ? {} : { phone, phone_data: { phone, md5: addressMd5(phone) } }),
    cats: (cats ?? []).map(printCategory),
    is_delete: false,
  };
}

/** The fields of a profile with the service fields, `phones` and `subscriptions` also where there are none. */
export function printProfile(profile: StoredProfile): JsonObject {
  return {
    ...profile.fields,
    ...serviceFieldsOf(profile),
    phones: profile.fields['phones'] ?? [],
    subscriptions: profile.subscriptions.map(printSubscription),
  };
}
