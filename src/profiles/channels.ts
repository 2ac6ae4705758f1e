/** The channels of the platform. An address of the first two is an e-mail or a phone; the rest see `contactKeys`. */
export const channels = [
  'email',
  'sms',
  'push',
  'notify',
  'viber',
  'whatsapp',
  'telegram_bot',
] as const;
export type Channel = (typeof channels)[number];

/** Ordered by their numbers in the platform's API, 0 to 6. */
export const subscriptionStatuses = [
  'subscribed',
  'unsubscribed',
  'complained',
  'hardbounced',
  'unconfirmed',
  'suspended',
  'invalid',
] as const;
export type SubscriptionStatus = (typeof subscriptionStatuses)[number];
