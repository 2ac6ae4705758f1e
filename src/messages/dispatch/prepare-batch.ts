import { groupBy, slotOf } from '../../base/index.ts';
import { type Db, withTx } from '../../db/index.ts';
import { getProfiles, listResources, lockProfiles, type StoredProfile } from '../../profiles/index.ts';
import { findSuppressed } from '../../suppression/index.ts';
import { readPolicy, type SendingPolicy } from '../policy/sending-policy.ts';
import type { RunScope } from '../run-port.ts';
import { countSentMessages } from '../sql/count-sent-messages.ts';
import { permitMessages } from '../sql/permit-messages.ts';
import type { ClaimedMessage } from './claimed-message.ts';
import { suppressibleOf } from './find-subscription.ts';
import {
  capKeyOf,
  isCapped,
  type Judgement,
  judgeCaps,
  judgeLostMessage,
  judgeMessage,
} from './judge-message.ts';
import type { MessageDispatcherDeps } from './message-dispatcher-deps.ts';

export interface PreparedMessage {
  readonly message: ClaimedMessage;
  readonly judgement: Judgement;
  /** Undefined = it is gone. */
  readonly profile: StoredProfile | undefined;
  /** Undefined for messages without a run. */
  readonly scope: RunScope | undefined;
}

const noPolicy: SendingPolicy = { caps: {}, quietHours: null, zone: null };

/** What the messages of one database share. */
interface DatabaseFacts {
  readonly profiles: ReadonlyMap<string, StoredProfile>;
  readonly policies: ReadonlyMap<number, SendingPolicy>;
  readonly suppressed: ReadonlySet<string>;
}

async function readFacts(
  db: Db,
  databaseId: number,
  messages: readonly ClaimedMessage[],
): Promise<DatabaseFacts> {
  const profiles = await getProfiles(db, databaseId, [
    ...new Set(messages.map(({ profileId }) => profileId)),
  ]);
  const resources = await listResources(db, databaseId);
  const contacts = messages.flatMap((message) => suppressibleOf(message) ?? []);
  return {
    profiles,
    policies: new Map(resources.map(({ id, policy }) => [id, readPolicy(policy)])),
    suppressed: await findSuppressed(db, databaseId, contacts),
  };
}

/**
 * Looks at the caps of messages that nothing else forbids and lets through as many as they allow. Profiles are locked
 * meanwhile and those let through are marked, so that two workers at once let no more through than one. Four statements.
 */
async function applyCaps(
  db: Db,
  databaseId: number,
  capped: readonly ClaimedMessage[],
  policyOf: (message: ClaimedMessage) => SendingPolicy,
  token: string,
  now: Date,
): Promise<Map<string, string>> {
  if (capped.length === 0) return new Map();
  return withTx(db, async (tx) => {
    await lockProfiles(tx, databaseId, [...new Set(capped.map(({ profileId }) => profileId))]);
    const keys = [...groupBy(capped, capKeyOf).values()].flatMap(([first]) => first ?? []);
    const counted = keys.map(({ profileId, resourceId }) => ({
      slot: slotOf(profileId),
      profileId,
      resourceId,
    }));
    const ids = capped.map(({ id }) => id);
    const faults = judgeCaps(capped, policyOf, await countSentMessages(tx, counted, ids, now));
    const passed = capped.filter(({ id }) => !faults.has(id));
    const marks = passed.map(({ slot, id }) => ({ slot, id, token }));
    if (marks.length > 0) await permitMessages(tx, marks, now);
    return faults;
  });
}

async function prepareOfDatabase(
  deps: Pick<MessageDispatcherDeps, 'db'>,
  databaseId: number,
  messages: readonly ClaimedMessage[],
  scopes: ReadonlyMap<string, RunScope>,
  token: string,
  now: Date,
): Promise<PreparedMessage[]> {
  const { db } = deps;
  const { profiles, policies, suppressed } = await readFacts(db, databaseId, messages);
  const policyOf = ({ resourceId }: ClaimedMessage): SendingPolicy => policies.get(resourceId) ?? noPolicy;
  const judged = messages.map((message): PreparedMessage => {
    const profile = profiles.get(message.profileId);
    const scope = message.runId === null ? undefined : scopes.get(message.runId);
    const isSuppressed = suppressed.has(suppressibleOf(message) ?? '');
    const isWanted = message.runId === null || scope !== undefined;
    const facts = { profile, isWanted, isSuppressed, policy: policyOf(message) };
    const judgement = judgeLostMessage(message, now) ?? judgeMessage(message, facts, now);
    return { message, judgement, profile, scope };
  });
  const capped = judged
    .filter(({ message, judgement }) => judgement.kind === 'send' && isCapped(message, policyOf(message)))
    .map(({ message }) => message);
  const faults = await applyCaps(db, databaseId, capped, policyOf, token, now);
  return judged.map((one) => {
    const reason = faults.get(one.message.id);
    return reason === undefined ? one : { ...one, judgement: { kind: 'suppressed', reason } };
  });
}

/**
 * Decides about each of the claimed messages as things stand now. Some statements for the batch and some more for each
 * database that it has messages of, whatever the number of messages.
 */
export async function prepareBatch(
  deps: Pick<MessageDispatcherDeps, 'db' | 'loadRunScopes'>,
  messages: readonly ClaimedMessage[],
  token: string,
  now: Date,
): Promise<PreparedMessage[]> {
  const runs = messages.flatMap(({ slot, runId, id }) =>
    runId === null ? [] : [{ slot, runId, messageId: id }],
  );
  const scopes = runs.length === 0 ? new Map<string, RunScope>() : await deps.loadRunScopes(deps.db, runs);
  const prepared: PreparedMessage[] = [];
  for (const [databaseId, group] of groupBy(messages, (message) => message.databaseId)) {
    prepared.push(...(await prepareOfDatabase(deps, databaseId, group, scopes, token, now)));
  }
  return prepared;
}
