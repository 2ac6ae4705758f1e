/** Level 3: databases, fields, profiles; what is checked, how a profile is found, how it is written. */
export { createFieldBuilder } from './build-loop.ts';
export {
  applyProfilePatch,
  type ChangedProfile,
  type CreatedProfile,
  changeProfiles,
  lockProfiles,
  type ProfilePatch,
  requiredFieldFault,
  stateOf,
  storeProfiles,
} from './change-profiles.ts';
export { type Channel, channels, type SubscriptionStatus, subscriptionStatuses } from './channels.ts';
export {
  chooseSubscriptions,
  readSubscriptionChoice,
  type SubscriptionChoice,
  subscriptionIdsOf,
} from './choose-subscription.ts';
export { normalizeEmail, normalizePhone } from './contacts.ts';
export {
  type Database,
  type Field,
  type FieldType,
  fieldTypes,
  type SexNumbers,
  sexNumberings,
  type UnknownFields,
  unknownFieldPolicies,
  valueTypes,
} from './database.ts';
export {
  createDatabase,
  findShape,
  LANE_COUNT,
  loadShape,
  updateDatabase,
  WIDE_LANE,
} from './databases.ts';
export { toDate, toDatetime } from './dates.ts';
export { deleteProfiles } from './delete-profiles.ts';
export { explainFilter, type FilterExplanation } from './explain-filter.ts';
export { buildStates, type FieldBuild, paceOf } from './field-builds.ts';
export { type FieldPatch, parseProfilePatch } from './field-patch.ts';
export { createField, type FieldChanges, updateField } from './field-settings.ts';
export { isStandardField, kinds, type ProfileShape, type ShapeField } from './fields.ts';
export { findByFilter } from './find-by-filter.ts';
export { getProfile, getProfiles, type ProfileSearch, searchProfiles } from './find-profiles.ts';
export { namedText, pushText, type UniqueValue, uniqueValuesOf } from './identities.ts';
export {
  isFoundBy,
  keyOfLookups,
  type LookedAt,
  type Lookup,
  lookedAtBy,
  lookupIdentity,
  type MatchKey,
  matchKeyOfField,
  matchKeyOfId,
  matchProfiles,
  placeOf,
  placesOf,
  subscriptionFieldTexts,
} from './match-profiles.ts';
export type { ProfileChange, ProfileState, Subscription } from './profile-state.ts';
export type { Resource, ResourceField } from './resource.ts';
export { createResource, type ResourceSettings, updateResource } from './resources.ts';
export { type RowError, rowError } from './row-error.ts';
export { domainOf, serviceFieldsOf } from './service-fields.ts';
export { filterProfiles } from './sql/filter-profiles.ts';
export { listBuilds } from './sql/list-builds.ts';
export { findDatabase, listDatabases } from './sql/list-databases.ts';
export { listFields } from './sql/list-fields.ts';
export { findResource, listResources } from './sql/list-resources.ts';
export { lockDatabases } from './sql/lock-databases.ts';
export { meetsFilter } from './sql/profile-document.ts';
export { selectEmails } from './sql/select-emails.ts';
export type { StoredProfile } from './sql/select-profiles.ts';
export { type SubscriptionEvent, statusChangesOf, subscriptionEvents } from './subscription-events.ts';
export {
  parseSubscriptions,
  type SkippedSubscription,
  type SubscriptionPatch,
} from './subscription-patch.ts';
export { applyWithOwners, findUniqueOwners, UniqueOwners } from './unique-values.ts';
export { createUnknownFields } from './unknown-fields.ts';
