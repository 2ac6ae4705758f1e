/** Level 3: what has happened, told to hooks and to the feed. */
export { createCutter } from './cutter.ts';
export { createDeliverer } from './deliverer.ts';
export { type EventType, eventTypes, type NewEvent } from './event.ts';
export { type FeedPage, type FeedQuery, readFeed } from './event-feed.ts';
export { type Hook, type HookSettings, type Oauth2, oauth2Auths } from './hook.ts';
export { hookKey } from './hook-budget.ts';
export { type HookLag, readLag } from './hook-lag.ts';
export type { HookSecrets } from './hook-secrets.ts';
export { createHookSender, type HookSender } from './hook-sender.ts';
export {
  changeHook,
  createHook,
  deleteHook,
  getHook,
  type HookChange,
  listHooks,
  pingDraft,
  pingHook,
  readHookChange,
  replayStretch,
  reviveDeliveries,
  rotateSecret,
} from './hooks.ts';
export type { Verdict } from './judge-delivery.ts';
export { purgeEventLog } from './purge-event-log.ts';
export { createSequencer } from './sequencer.ts';
export { type ForgottenProfile, findForgottenRows } from './sql/find-forgotten-rows.ts';
export { forgetProfileEvents } from './sql/forget-profile-events.ts';
export { noteEmptiedRows } from './sql/note-emptied-rows.ts';
export {
  type Delivery,
  type DeliveryStatus,
  deliveryStatuses,
  pageDeliveries,
} from './sql/page-deliveries.ts';
export type { EventFilter } from './sql/scan-log.ts';
export { readSuccessPattern } from './success-pattern.ts';
export { writeEvents } from './write-events.ts';
