/** Level 3: databases, fields, profiles; what is checked, how a profile is found, how it is written. */
export { changeProfiles, lockProfiles, mergeFields, storeProfiles } from './change-profiles.ts';
export { type Channel, channels } from './channels.ts';
export { coerceFields, type RowError } from './coerce.ts';
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
} from './database.ts';
export {
  createDatabase,
  createField,
  findShape,
  LANE_COUNT,
  loadShape,
  updateDatabase,
} from './databases.ts';
export { toDate, toDatetime } from './dates.ts';
export type { ProfileShape, ShapeField } from './fields.ts';
export { getProfile, getProfiles, type ProfileSearch, searchProfiles } from './find-profiles.ts';
export { identitiesOf } from './identities.ts';
export { keyTextsOf, type MatchKey, matchKeyOfField, matchKeyOfId, matchProfiles } from './match-profiles.ts';
export type { ProfileChange, ProfileState, Subscription } from './profile-state.ts';
export type { Resource, ResourceField } from './resource.ts';
export { createResource, type ResourceSettings, updateResource } from './resources.ts';
export { findDatabase, listDatabases } from './sql/list-databases.ts';
export { listFields } from './sql/list-fields.ts';
export { findResource, listResources } from './sql/list-resources.ts';
export { lockDatabases } from './sql/lock-databases.ts';
export type { StoredProfile } from './sql/select-profiles.ts';
export { createUnknownFields } from './unknown-fields.ts';
