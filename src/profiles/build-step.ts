import { slotOf } from '../base/index.ts';
import { type Db, TransactionConflict } from '../db/index.ts';
import { lockProfiles } from './change-profiles.ts';
import { loadShape } from './databases.ts';
import type { FieldBuild } from './field-builds.ts';
import { kindOfField, kinds, type ProfileShape, type ShapeField } from './fields.ts';
import { textsOfField } from './identities.ts';
import type { ClaimedBuild } from './sql/claim-build.ts';
import { clearKind } from './sql/clear-kind.ts';
import { countProfiles } from './sql/count-profiles.ts';
import { insertBuild } from './sql/insert-build.ts';
import { insertIdentities } from './sql/insert-identities.ts';
import { insertUniqueValues, type OwnedValue } from './sql/insert-unique-values.ts';
import { lockClaimedBuild } from './sql/list-builds.ts';
import { listFields } from './sql/list-fields.ts';
import { lockDatabase } from './sql/lock-database.ts';
import { pageWithField } from './sql/page-with-field.ts';
import { redirectBuild } from './sql/redirect-build.ts';
import type { StoredProfile } from './sql/select-profiles.ts';
import { selectUniqueOwners } from './sql/select-unique-owners.ts';
import { settleBuild } from './sql/settle-build.ts';
import { updateDatabaseRow } from './sql/update-database.ts';
import { updateFieldRow } from './sql/update-field.ts';
import { uniqueKey } from './unique-values.ts';

/** Claims of a build that ended in a crash or a fault before it is given up. */
const MAX_ATTEMPTS = 8;
const MAX_SHOWN_LENGTH = 100;

async function requireField(tx: Db, { databaseId, fieldId }: FieldBuild) {
  const field = (await listFields(tx, databaseId)).find(({ id }) => id === fieldId);
  if (field === undefined) throw new Error(`field ${fieldId} of a build does not exist`);
  return field;
}

/** Takes back what cannot be had, and orders that what was stored for it be deleted. */
async function fail(
  tx: Db,
  { database }: ProfileShape,
  build: FieldBuild,
  fault: string,
  now: Date,
): Promise<void> {
  if (build.fieldId === null) await updateDatabaseRow(tx, { ...database, uniqueEmail: false });
  else {
    const field = await requireField(tx, build);
    const match = field.match && build.what === 'unique';
    await updateFieldRow(tx, { ...field, match, unique: false, indexed: match ? field.indexed : true });
  }
  await redirectBuild(tx, build.id, { what: build.what, state: 'clearing', fault }, now);
}

interface FieldValue extends OwnedValue {
  readonly profile: StoredProfile;
}

function valuesOf(field: ShapeField, kind: number, profiles: Iterable<StoredProfile>): FieldValue[] {
  return [...profiles].flatMap((profile) =>
    textsOfField(field, profile.fields[field.name]).map((value) => ({
      ...{ slot: slotOf(value), kind, value, profileId: profile.id, profile },
    })),
  );
}

function shownValue(field: ShapeField, { fields }: StoredProfile): string {
  return String(fields[field.name]).slice(0, MAX_SHOWN_LENGTH).toWellFormed();
}

/**
 * Takes the unique values of profiles that are locked.
 * @returns the fault when another profile has one of them.
 */
async function takeUniqueValues(
  tx: Db,
  databaseId: number,
  field: ShapeField,
  values: readonly FieldValue[],
): Promise<string | undefined> {
  const rows = values.map(({ profile, ...value }) => value);
  const taken = await insertUniqueValues(tx, databaseId, rows);
  if (taken === rows.length) return undefined;
  const owners = new Map(
    (await selectUniqueOwners(tx, databaseId, rows)).map((owner) => [uniqueKey(owner), owner.profileId]),
  );
  for (const value of values) {
    const owner = owners.get(uniqueKey(value));
    if (owner === undefined)
      throw new TransactionConflict('a unique value was given up by another transaction');
    if (owner === value.profileId) continue;
    const ids = [owner, value.profileId].sort().join(' and ');
    return `profiles ${ids} have the same value: ${shownValue(field, value.profile)}`;
  }
  return undefined;
}

/** Profiles without the field are not locked: whoever gives them a value knows of the declaration. */
async function fillPage(
  tx: Db,
  shape: ProfileShape,
  build: FieldBuild,
  limit: number,
  now: Date,
): Promise<number> {
  const { databaseId } = build;
  const field = shape.fields.get(build.field);
  if (field === undefined || field.kind === null) throw new Error(`${build.field} of a build has no kind`);
  const total = build.total === null ? await countProfiles(tx, databaseId) : null;
  const page = await pageWithField(tx, databaseId, field.name, build.cursor, limit);
  const ids = page.flatMap(({ id, has }) => (has ? [id] : []));
  const profiles = await lockProfiles(tx, databaseId, ids);
  const values = valuesOf(field, field.kind, profiles.values());
  if (!field.indexed && values.length > 0) {
    const rows = values.map(({ slot, value, profileId }) => ({ slot, value, profileId }));
    await insertIdentities(tx, databaseId, field.kind, rows);
  }
  if (build.what === 'unique' && values.length > 0) {
    const fault = await takeUniqueValues(tx, databaseId, field, values);
    if (fault !== undefined) {
      await fail(tx, shape, build, fault, now);
      return page.length;
    }
  }
  const isLast = page.length < limit;
  const last = page.at(-1);
  const cursor = last === undefined ? build.cursor : { ...build.cursor, slot: last.slot, id: last.id };
  await settleBuild(tx, build.id, { end: isLast ? 'done' : null, cursor, rows: page.length, total }, now);
  if (isLast && build.fieldId !== null)
    await updateFieldRow(tx, { ...(await requireField(tx, build)), indexed: true });
  return page.length;
}

/** What is no longer declared is deleted, unique values first. */
async function clearPage(tx: Db, build: FieldBuild, limit: number, now: Date): Promise<number> {
  const { databaseId, fieldId, cursor } = build;
  const field = fieldId === null ? undefined : await requireField(tx, build);
  const kind = field === undefined ? kinds.email : kindOfField(field.id);
  const { rows, next } = await clearKind(tx, databaseId, kind, cursor, limit);
  const keepsIdentities = field === undefined || field.match || field.unique;
  const isLast = next === undefined && (cursor.table === 'identity' || keepsIdentities);
  const ended = build.fault === null ? ('removed' as const) : ('failed' as const);
  const cursorNext = next ?? { table: 'identity' as const, slot: 0, value: '', id: '' };
  const step = { end: isLast ? ended : null, cursor: cursorNext, rows, total: null };
  await settleBuild(tx, build.id, step, now);
  // It was to be unique and found by: the one has ended before the other was complete.
  if (isLast && field?.match === true && !field.indexed) {
    await insertBuild(tx, databaseId, field.id, { what: 'match', state: 'running', fault: null }, now);
  }
  return rows;
}

/**
 * One step of a claimed build: a page of profiles whose identities and unique values are made, or of rows that are
 * deleted. The last makes the field one that matching relies on. Locks: the database, the build, profiles in order of
 * id, unique values in order of their key.
 * @param limit profiles or rows of a step.
 * @returns how many it was; 0 also where the build is another's by now.
 */
export async function stepBuild(tx: Db, claim: ClaimedBuild, limit: number, now: Date): Promise<number> {
  await lockDatabase(tx, claim.databaseId);
  const build = await lockClaimedBuild(tx, claim);
  if (build === undefined) return 0;
  if (build.state === 'clearing') return clearPage(tx, build, limit, now);
  const shape = await loadShape(tx, build.databaseId);
  if (build.attempts > MAX_ATTEMPTS) {
    const fault = `the server failed ${MAX_ATTEMPTS} times at this; its log tells why`;
    await fail(tx, shape, build, fault, now);
    return 0;
  }
  return fillPage(tx, shape, build, limit, now);
}
