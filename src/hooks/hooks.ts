import { type Clock, invalidRequest, MusterError, newUuid } from '../base/index.ts';
import { closeBreaker, removeBudget } from '../budgets/index.ts';
import { type Db, withTx } from '../db/index.ts';
import type { Vault } from '../vault/index.ts';
import { type Cursor, isBefore } from './cursor.ts';
import { resolveCursor } from './event-feed.ts';
import type { Hook, HookSettings } from './hook.ts';
import { hookKey } from './hook-budget.ts';
import { type HookSecrets, newHookSecret, openSecrets, sealSecrets } from './hook-secrets.ts';
import type { HookSender } from './hook-sender.ts';
import { judgeDelivery, type Verdict } from './judge-delivery.ts';
import { deleteHookRow } from './sql/delete-hook-row.ts';
import { findLiveCursor } from './sql/find-live-cursor.ts';
import { findPositionAt } from './sql/find-position-at.ts';
import { insertCursor } from './sql/insert-cursor.ts';
import { insertHook } from './sql/insert-hook.ts';
import { lockHook } from './sql/lock-hook.ts';
import { readLogEnds } from './sql/read-log-ends.ts';
import { type Revived, reviveRows } from './sql/revive-rows.ts';
import { selectHooks } from './sql/select-hooks.ts';
import { writeHook } from './sql/write-hook.ts';

const HOUR_MS = 3_600_000;

export interface HookDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
}

function noSuchHook(id: number): MusterError {
  return new MusterError(404, { detail: `there is no hook ${id}` });
}

/** @throws {MusterError} 404. */
export async function getHook(db: Db, id: number): Promise<Hook> {
  const [hook] = await selectHooks(db, [id]);
  if (hook === undefined) throw noSuchHook(id);
  return hook;
}

/** Every hook, in order of id. */
export function listHooks(db: Db): Promise<Hook[]> {
  return selectHooks(db, null);
}

/**
 * The place in the log that an operator names: a cursor of the feed, or a time, from which events are told.
 * @throws {MusterError} 400 when it is neither, or lies outside of what is kept.
 */
async function resolvePlace(db: Db, text: string, field: string): Promise<Cursor> {
  const ends = await readLogEnds(db);
  if (!/^\d{4}-\d\d-\d\dT/.test(text)) return resolveCursor(text, ends, field);
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw invalidRequest(field, 'expected a cursor or an RFC 3339 time');
  return { position: (await findPositionAt(db, time)) ?? ends.last + 1, index: 0 };
}

/**
 * Makes an active hook, which is told what happens from now on, or since `since`: a cursor or a time.
 * @returns its secret as well, which can be read nowhere later.
 * @throws {MusterError} 400 for a `since` that cannot be used.
 */
export async function createHook(
  { db, vault, clock }: HookDeps,
  settings: HookSettings,
  given: { headerValue: string | null; clientSecret: string | null; since: string | undefined },
): Promise<{ hook: Hook; secret: string }> {
  const secret = newHookSecret();
  const { headerValue, clientSecret, since = 'end' } = given;
  const secrets = sealSecrets(vault, { secret, former: null, headerValue, clientSecret });
  const now = clock.now();
  return withTx(db, async (tx) => {
    const from = await resolvePlace(tx, since, 'since');
    const hook = await insertHook(tx, { ...settings, secrets }, now);
    await insertCursor(tx, hook.id, { from, end: null }, now);
    return { hook, secret };
  });
}

/** What is changed of a hook; what is absent stays. */
export interface HookChange {
  readonly settings: HookSettings;
  readonly secrets: HookSecrets;
  readonly isActive: boolean;
}

/** What there is to change of a hook, its secrets open. @throws {MusterError} 404. */
export async function readHookChange(
  { db, vault }: Pick<HookDeps, 'db' | 'vault'>,
  id: number,
): Promise<HookChange> {
  return toChange(vault, await getHook(db, id));
}

function toChange(vault: Vault, stored: Hook): HookChange {
  return { settings: stored, secrets: openSecrets(vault, stored.secrets), isActive: stored.isActive };
}

/**
 * Changes a hook by what it is when it is locked. Batches are cut by the new settings from now on; those that are cut
 * go as they are, to the new URL. One that is switched on begins where it has stopped. Its breaker is closed: what was
 * wrong may be what is changed.
 * @throws {MusterError} 404, and what `change` throws.
 */
export async function changeHook(
  { db, vault, clock }: HookDeps,
  id: number,
  change: (now: HookChange) => HookChange,
): Promise<Hook> {
  const now = clock.now();
  return withTx(db, async (tx) => {
    const stored = await lockHook(tx, id);
    if (stored === undefined) throw noSuchHook(id);
    const before = toChange(vault, stored);
    const changed = change(before);
    const sealed = changed.secrets === before.secrets ? stored.secrets : sealSecrets(vault, changed.secrets);
    const { isActive } = changed;
    // A hook that was switched off by its target is off by hand when an operator says so.
    const inactiveReason = isActive ? null : stored.inactiveReason;
    const hook = { ...stored, ...changed.settings, secrets: sealed, isActive, inactiveReason };
    await closeBreaker(tx, hookKey(id), now);
    if (isActive && !stored.isActive) await reviveRows(tx, id, { status: 'queued' }, now);
    const written = await writeHook(tx, hook, now);
    if (written === undefined) throw noSuchHook(id);
    return written;
  });
}

/** Deletes a hook with its deliveries, its place in the log and its budget; does nothing when there is none. */
export async function deleteHook(db: Db, id: number): Promise<void> {
  await withTx(db, async (tx) => {
    // The row comes first, as in a claim: a claim that has it makes no budget behind us.
    await deleteHookRow(tx, id);
    await removeBudget(tx, hookKey(id));
  });
}

/**
 * Gives a hook a new secret. The one before signs as well for `keepHours`, so that the receiver can change over.
 * @returns the new secret, which can be read nowhere later.
 */
export async function rotateSecret(
  deps: HookDeps,
  id: number,
  keepHours: number,
): Promise<{ hook: Hook; secret: string; formerUntil: Date | null }> {
  const secret = newHookSecret();
  const until = keepHours === 0 ? null : new Date(deps.clock.now().getTime() + keepHours * HOUR_MS);
  const hook = await changeHook(deps, id, (now) => ({
    ...now,
    secrets: {
      ...now.secrets,
      secret,
      former: until === null ? null : { secret: now.secrets.secret, until },
    },
  }));
  return { hook, secret, formerUntil: until };
}

/** Sends one event that nobody else is told of, at once, and says what came of it. */
export async function pingHook(
  { db, clock, sender }: { db: Db; clock: Clock; sender: HookSender },
  hook: Hook,
): Promise<Verdict> {
  const id = newUuid();
  const event = {
    ...{ event_id: `test-${id}`, event_type: 'test', event_date: clock.now().toISOString() },
    ...{
      profile_id: null,
      list_id: hook.filter.databaseIds?.[0] ?? null,
      account_id: 1,
      _md5: null,
      _xxh: null,
    },
    ...{ custom_data: hook.customData, event_data: {}, subscription: [], is_test: true },
  };
  const outcome = await sender.send(hook, { id, body: JSON.stringify([event]) });
  return judgeDelivery(db, hook.successPattern, outcome, clock.now());
}

/** Drafts that can be tried at the same moment. */
const DRAFTS = 1_000;
let lastDraft = 0;

/** Pings by settings that are stored nowhere yet. A new hook has no signing secret: the event is signed by a passing one. */
export async function pingDraft(
  deps: HookDeps & { sender: HookSender },
  { settings, secrets }: HookChange,
): Promise<Verdict> {
  const now = deps.clock.now();
  lastDraft = (lastDraft % DRAFTS) + 1;
  const secret = secrets.secret === '' ? newHookSecret() : secrets.secret;
  return pingHook(deps, {
    ...settings,
    // Access tokens are kept by it: no hook has it, nor another draft that is tried meanwhile.
    id: -lastDraft,
    secrets: sealSecrets(deps.vault, { ...secrets, secret }),
    ...{ isActive: true, inactiveReason: null, missedAt: null, createdAt: now, updatedAt: now },
  });
}

/**
 * Tells a stretch of the log again, in new deliveries with the same event_ids, by the hook's present settings: from a
 * cursor or time up to another, at most up to where the hook stands. Its breaker is closed.
 * @throws {MusterError} 400 for places that cannot be used.
 */
export async function replayStretch(
  { db, clock }: Pick<HookDeps, 'db' | 'clock'>,
  hookId: number,
  { from, to }: { from: string; to: string | undefined },
): Promise<void> {
  const now = clock.now();
  await withTx(db, async (tx) => {
    const live = await findLiveCursor(tx, hookId);
    if (live === undefined) throw noSuchHook(hookId);
    const first = await resolvePlace(tx, from, 'from');
    const named = to === undefined ? live : await resolvePlace(tx, to, 'to');
    const end = isBefore(live, named) ? live : named;
    if (!isBefore(first, end)) {
      throw invalidRequest('from', 'expected a place before `to`, and before what the hook is told next');
    }
    await insertCursor(tx, hookId, { from: first, end }, now);
    await closeBreaker(tx, hookKey(hookId), now);
  });
}

/**
 * Makes deliveries of a hook due at once, with all their time before them, and closes its breaker, so that they are tried
 * although it was unreachable. Those under way stay as they are. Same ids, same bytes.
 * @returns how many.
 * @throws {MusterError} 404.
 */
export async function reviveDeliveries(db: Db, hookId: number, which: Revived, now: Date): Promise<number> {
  return withTx(db, async (tx) => {
    // Before the budget and the deliveries, as everywhere, or one that is just being deleted would be in the way.
    if ((await lockHook(tx, hookId)) === undefined) throw noSuchHook(hookId);
    await closeBreaker(tx, hookKey(hookId), now);
    return reviveRows(tx, hookId, which, now);
  });
}
