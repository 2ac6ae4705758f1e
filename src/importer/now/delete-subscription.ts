import { type JsonObject, MusterError } from '../../base/index.ts';
import { type Db, withTx } from '../../db/index.ts';
import { writeEvents } from '../../hooks/index.ts';
import {
  changeProfiles,
  chooseSubscriptions,
  loadShape,
  type ProfileShape,
  type Subscription,
  type SubscriptionChoice,
  stateOf,
} from '../../profiles/index.ts';
import { segmentsEntered } from '../../segments/index.ts';
import { changeEvents, RunCounts, startTriggered } from '../../workflow/index.ts';
import { importRules } from '../requests/import-rules.ts';
import { type Authorize, prepareImport } from '../requests/prepare-import.ts';
import { addRunCounts } from '../sql/add-run-counts.ts';
import type { DeleteDeps } from './delete-profile.ts';
import { lockOneProfile } from './find-one.ts';

/** @throws {MusterError} 404 when none of the subscriptions is meant, 409 when several are. */
export function chooseOneSubscription(
  subscriptions: readonly Subscription[],
  choice: SubscriptionChoice,
): Subscription {
  const [only, ...others] = chooseSubscriptions(subscriptions, choice);
  const field = choice.id === undefined ? 'resource_id' : 'hash_id';
  if (only === undefined) {
    throw new MusterError(404, { field, detail: `${field}: the profile has no such subscription` });
  }
  if (others.length === 0) return only;
  throw new MusterError(409, { field, detail: `${field}: several subscriptions of the profile match` });
}

/**
 * Takes one subscription away from the one profile that a request means, with what the profile is found by through it.
 * @param choose reads from the request which one is meant; it may throw.
 * @param accept runs in the same transaction; when it throws, nothing is changed.
 * @throws {MusterError} as `findOneProfile` and `chooseOneSubscription` do.
 */
export async function deleteSubscription(
  { db, clock, log, wakeEngine }: DeleteDeps,
  body: JsonObject,
  authorize: Authorize,
  choose: (shape: ProfileShape) => SubscriptionChoice,
  accept: (tx: Db, profileId: string, subscription: Subscription) => Promise<void>,
): Promise<{ profileId: string; subscription: Subscription }> {
  const prepared = await prepareImport(db, body, importRules.deleteSubscription, 1, authorize);
  const choice = choose(prepared.shape);
  const skipTriggers = prepared.request.envelope.skipTriggers;
  let started = 0;
  const deleted = await withTx(db, async (tx) => {
    const now = clock.now();
    const profile = await lockOneProfile(tx, prepared);
    // Read again: of a field that has become a match field since, the values go as well.
    const shape = await loadShape(tx, profile.databaseId);
    const subscription = chooseOneSubscription(profile.subscriptions, choice);
    const left = profile.subscriptions.filter((one) => one !== subscription);
    const after = { fields: profile.fields, subscriptions: left };
    const change = { profileId: profile.id, before: stateOf(profile), after, enteredSegments: [] };
    await changeProfiles(tx, shape, [{ profile, after }], now);
    const databaseId = shape.database.id;
    await writeEvents(tx, { databaseId, now }, changeEvents([change]));
    if (!skipTriggers) {
      const counts = new RunCounts();
      const batch = { databaseId, changes: [change], depth: 1, now, counts, log };
      started = (await startTriggered(tx, { ...batch, segmentsEntered })).started;
      await counts.write(tx, addRunCounts);
    }
    await accept(tx, profile.id, subscription);
    return { profileId: profile.id, subscription };
  });
  if (started > 0) wakeEngine();
  return deleted;
}
