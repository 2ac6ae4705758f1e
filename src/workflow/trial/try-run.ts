import { type JsonObject, type JsonValue, MusterError, newObjectId, slotOf } from '../../base/index.ts';
import { type Db, withTx } from '../../db/index.ts';
import { getTemplate, previewContent } from '../../messages/index.ts';
import { getProfiles, loadShape, lockProfiles, type StoredProfile } from '../../profiles/index.ts';
import type { Definition } from '../definition/definition.ts';
import { parseDefinition } from '../definition/parse-definition.ts';
import { walkRuns } from '../engine/walk-runs.ts';
import type { EdgeName } from '../nodes/node-base.ts';
import { type BatchScope, templateScope, type WalkingRun } from '../nodes/walking-run.ts';
import { DefinitionError } from '../publish-workflow.ts';
import type { ClaimedRun } from '../sql/claim-runs.ts';
import type { NewCall } from '../sql/insert-calls.ts';
import type { TrailStep } from '../trail.ts';
import { ChangedProfiles } from '../triggers/changed-profiles.ts';

/** What somebody decides about a node of which only the world knows how it turns out. */
export interface TrialChoice {
  /** The way out: `error` of a call or message, `timed_out` of a wait; absent = the good one. */
  readonly edge?: EdgeName | undefined;
  /** What an API call is answered with. */
  readonly answer?: JsonValue | undefined;
}

export interface Trial {
  readonly workflowId: number;
  readonly databaseId: number;
  readonly definition: JsonValue;
  readonly profileId: string;
  readonly content: JsonObject;
  /** By node. */
  readonly choices: Readonly<Record<string, TrialChoice>>;
}

/** What a run would have done outside. */
export type TrialEffect =
  | {
      readonly kind: 'api_call';
      readonly method: string;
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string | null;
    }
  | {
      readonly kind: 'message';
      readonly channel: string;
      readonly address: string;
      readonly templateId: number;
      readonly senderId: number;
      readonly subject: string;
      readonly html: string;
      readonly text: string;
    };

export interface TrialStep {
  readonly node: string;
  readonly type: string;
  /** The edge it left by, or `end`, `failed`, `jump`. */
  readonly outcome: string;
  /** Why, until when, or where to. */
  readonly detail: string | null;
  readonly effect: TrialEffect | null;
}

export interface TrialResult {
  readonly steps: readonly TrialStep[];
  /** How it ended; `stopped` = after the most steps that a trial takes. */
  readonly end: 'ended' | 'failed' | 'stopped';
  readonly reason: string | null;
  /** The profile as the run would have left it. */
  readonly fields: JsonObject;
}

/** Rests that a trial passes over; each is a stretch of the walk. */
const MAX_RESTS = 100;

/** Takes back what a trial has done, and carries what it has found out. */
class TrialOver extends Error {
  readonly result: TrialResult;

  constructor(result: TrialResult) {
    super('a trial');
    this.name = 'TrialOver';
    this.result = result;
  }
}

type Walked = Awaited<ReturnType<typeof walkRuns>>;

/** One run of a definition, walked from rest to rest in a transaction that is rolled back. */
class TrialRun {
  readonly #tx: Db;
  readonly #trial: Trial;
  readonly #definition: Definition;
  readonly #now: Date;
  readonly #steps: TrialStep[] = [];
  #saved: JsonObject = {};

  constructor(tx: Db, trial: Trial, definition: Definition, now: Date) {
    this.#tx = tx;
    this.#trial = trial;
    this.#definition = definition;
    this.#now = now;
  }

  async walk(start: string): Promise<TrialResult> {
    let place: { node: string; resume: EdgeName | null } = { node: start, resume: null };
    for (let rests = 0; rests < MAX_RESTS; rests += 1) {
      const profile = await this.#profile();
      const walked = await this.#stretch(profile, place);
      const settled = walked.settled[0];
      if (settled === undefined) throw new Error('a trial was walked and has not come to rest');
      await this.#note(settled.trail, walked, profile);
      if (settled.status === 'ended' || settled.status === 'failed') {
        const { fields } = await this.#profile();
        return { steps: this.#steps, end: settled.status, reason: settled.reason, fields };
      }
      place = { node: settled.node, resume: this.#goOn(settled.node, walked) };
    }
    const { fields } = await this.#profile();
    return { steps: this.#steps, end: 'stopped', reason: null, fields };
  }

  async #profile(): Promise<StoredProfile> {
    const { databaseId, profileId } = this.#trial;
    const profile = (await getProfiles(this.#tx, databaseId, [profileId])).get(profileId);
    if (profile === undefined) throw new MusterError(404, { detail: `there is no profile ${profileId}` });
    return profile;
  }

  #scope(profile: StoredProfile): BatchScope {
    const { databaseId, workflowId } = this.#trial;
    const tx = this.#tx;
    return {
      ...{ tx, databaseId, workflowId, now: this.#now },
      profiles: async () => new Map([[profile.id, profile]]),
      shape: () => loadShape(tx, databaseId),
      changes: new ChangedProfiles(),
      ...{ events: [], raised: [] },
    };
  }

  #walking(id: string): WalkingRun {
    const { profileId, content } = this.#trial;
    return {
      ...{ slot: slotOf(profileId), id, profileId, contextId: null, depth: 0, ownContent: true },
      content: { ...content, ...this.#saved },
      customData: null,
      subscriptionFilter: null,
    };
  }

  async #stretch(
    profile: StoredProfile,
    { node, resume }: { node: string; resume: EdgeName | null },
  ): Promise<Walked> {
    const id = newObjectId(this.#now);
    const run: ClaimedRun = {
      ...{ slot: slotOf(profile.id), id, profileId: profile.id, taskId: null, share: 0, node },
      ...{ status: 'active', resume, reason: null, steps: 0, depth: 0 },
      ...{ contextId: null, content: this.#trial.content, saved: null, customData: null },
    };
    return walkRuns(this.#definition, [{ run, walking: this.#walking(id) }], this.#scope(profile));
  }

  /** By which edge the run goes on that rests there. */
  #goOn(node: string, { calls }: Walked): EdgeName {
    const { edge = 'next', answer } = this.#trial.choices[node] ?? {};
    const saveAs = calls[0]?.saveAs ?? null;
    if (saveAs !== null && edge === 'next') this.#saved = { ...this.#saved, [saveAs]: answer ?? {} };
    return edge;
  }

  async #note(trail: readonly TrailStep[], walked: Walked, profile: StoredProfile): Promise<void> {
    for (const [node, outcome, , detail = null] of trail) {
      const type = this.#definition.nodes.get(node)?.type ?? '';
      const effect = outcome === 'waits' ? await this.#effect(walked, profile) : null;
      this.#steps.push({ node, type, outcome, detail: effect === null ? detail : null, effect });
    }
  }

  async #effect({ calls, messages }: Walked, profile: StoredProfile): Promise<TrialEffect | null> {
    const [call] = calls;
    if (call !== undefined) return toCallEffect(call);
    const [message] = messages;
    if (message === undefined) return null;
    const { channel, address, templateId, senderId, subscriptionId } = message;
    const { content } = await getTemplate(this.#tx, templateId);
    const subscription = profile.subscriptions.find(({ id }) => id === subscriptionId);
    const scope = {
      ...templateScope(profile, this.#walking(''), this.#now),
      subscription: subscription === undefined ? null : { ...subscription },
    };
    const { subject, html, text } = previewContent(channel, { ...content }, scope).rendered;
    return { kind: 'message', channel, address, templateId, senderId, subject, html, text };
  }
}

function toCallEffect({ request: { method, url, headers, body } }: NewCall): TrialEffect {
  return { kind: 'api_call', method, url, headers, body };
}

/**
 * Walks a workflow with one profile as the engine would, and does nothing: rests are passed over, what would be sent or
 * called is shown, what nodes change is taken back.
 * @throws {DefinitionError} when the definition has faults; {MusterError} 404 for an unknown profile, 409 when the
 * definition has no start named Default.
 */
export async function tryRun(db: Db, trial: Trial, now: Date): Promise<TrialResult> {
  const parsed = parseDefinition(trial.definition);
  if (!parsed.ok) throw new DefinitionError(parsed.error);
  const { start } = parsed.value;
  if (start === null) {
    throw new MusterError(409, {
      detail: 'the workflow has no start named Default: nobody can be sent into it',
    });
  }
  try {
    return await withTx(db, async (tx) => {
      if (parsed.value.changesProfiles) await lockProfiles(tx, trial.databaseId, [trial.profileId]);
      throw new TrialOver(await new TrialRun(tx, trial, parsed.value, now).walk(start));
    });
  } catch (thrown) {
    if (thrown instanceof TrialOver) return thrown.result;
    throw thrown;
  }
}
