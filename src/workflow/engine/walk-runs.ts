import { newObjectId } from '../../base/index.ts';
import type { NewMessage } from '../../messages/index.ts';
import type { Definition } from '../definition/definition.ts';
import type { EdgeName } from '../nodes/node-base.ts';
import { executeNode, type Node } from '../nodes/node-types.ts';
import type { BatchScope, NodeStep, WalkingRun } from '../nodes/walking-run.ts';
import type { ClaimedRun } from '../sql/claim-runs.ts';
import type { StartTarget } from '../sql/find-start-target.ts';
import type { NewCall } from '../sql/insert-calls.ts';
import type { SettledRun } from '../sql/settle-runs.ts';
import { MAX_TRAIL, type TrailStep, trailStep } from '../trail.ts';

/** A run that goes through more nodes than this is in a cycle that somebody forgot to leave. */
const MAX_STEPS = 10_000;

export interface WalkResult {
  readonly settled: readonly SettledRun[];
  readonly calls: readonly NewCall[];
  readonly messages: readonly NewMessage[];
  readonly jumps: readonly Jump[];
  readonly counts: readonly { node: string; outcome: string; passed: number }[];
}

/** A run that is over and goes on as one of another workflow. */
export interface Jump {
  readonly run: ClaimedRun;
  readonly target: StartTarget;
  readonly withContent: boolean;
}

interface Walk {
  readonly run: ClaimedRun;
  readonly walking: WalkingRun;
  steps: number;
  readonly trail: TrailStep[];
}

class Walker {
  readonly #definition: Definition;
  readonly #scope: BatchScope;
  readonly #settled: SettledRun[] = [];
  readonly #calls: NewCall[] = [];
  readonly #messages: NewMessage[] = [];
  readonly #jumps: Jump[] = [];
  readonly #passed = new Map<string, { node: string; outcome: string; passed: number }>();
  /** Runs that are about to enter a node, by node, so that each node works on as many at once as it can. */
  readonly #entering = new Map<string, Walk[]>();

  constructor(definition: Definition, scope: BatchScope) {
    this.#definition = definition;
    this.#scope = scope;
  }

  async walk(runs: readonly { run: ClaimedRun; walking: WalkingRun }[]): Promise<WalkResult> {
    for (const { run, walking } of runs) {
      const walk = { run, walking, steps: run.steps, trail: [] };
      if (run.resume === null) this.#enter(walk, run.node);
      else this.#resume(walk, this.#nodeOf(run.node), run.resume);
    }
    for (const [id, walks] of this.#entering) {
      // Removed first: in a cycle the node fills again, and a Map visits what is added while it is walked.
      this.#entering.delete(id);
      const node = this.#nodeOf(id);
      const steps = await executeNode(
        node,
        walks.map((walk) => walk.walking),
        this.#scope,
      );
      for (const [index, walk] of walks.entries()) this.#take(walk, node, steps[index]);
    }
    const counts = [...this.#passed.values()];
    const queued = { calls: this.#calls, messages: this.#messages, jumps: this.#jumps };
    return { settled: this.#settled, ...queued, counts };
  }

  #nodeOf(id: string): Node {
    const node = this.#definition.nodes.get(id);
    if (node === undefined) throw new Error(`a run stands in node ${id}, which its version does not have`);
    return node;
  }

  #enter(walk: Walk, id: string): void {
    const walks = this.#entering.get(id);
    if (walks === undefined) this.#entering.set(id, [walk]);
    else walks.push(walk);
  }

  #count(node: string, outcome: string): void {
    const key = `${node} ${outcome}`;
    const entry = this.#passed.get(key) ?? { node, outcome, passed: 0 };
    entry.passed += 1;
    this.#passed.set(key, entry);
  }

  #note(walk: Walk, node: Node, outcome: string, detail: string | null): void {
    walk.trail.push(trailStep(node.id, outcome, this.#scope.now, detail));
  }

  /** What the run has waited for says why in `reason`. A message that could not be sent stops no run by itself. */
  #resume(walk: Walk, node: Node, resume: EdgeName): void {
    const isMissing = node.type === 'send' && resume === 'error' && node.edges.error === undefined;
    this.#leave(walk, node, isMissing ? 'next' : resume, walk.run.reason);
  }

  #leave(walk: Walk, node: Node, edge: EdgeName, detail: string | null): void {
    const target = node.edges[edge];
    // A failure that no edge takes up is the run's own; any other way out that leads nowhere is its end.
    const isFailure = target === undefined && edge === 'error';
    this.#count(node.id, isFailure ? 'failed' : edge);
    this.#note(walk, node, edge, detail);
    if (target !== undefined) this.#enter(walk, target);
    else if (isFailure) this.#settle(walk, node, { status: 'failed', reason: detail });
    else this.#settle(walk, node, { status: 'ended' });
  }

  #take(walk: Walk, node: Node, step: NodeStep | undefined): void {
    walk.steps += 1;
    if (step === undefined) throw new Error(`node ${node.id} did not answer for every run`);
    if (walk.steps > MAX_STEPS && step.kind !== 'end' && step.kind !== 'fail') {
      this.#fail(walk, node, `went through more than ${MAX_STEPS} nodes`);
      return;
    }
    switch (step.kind) {
      case 'leave':
        this.#leave(walk, node, step.edge, step.detail ?? null);
        break;
      case 'wait':
        this.#rest(walk, node, `until ${step.until.toISOString()}`, { dueAt: step.until, resume: 'next' });
        break;
      case 'call':
        this.#queueCall(walk, node, step);
        break;
      case 'message':
        this.#queueMessage(walk, node, step);
        break;
      case 'wait_event':
        this.#waitEvent(walk, node, step);
        break;
      case 'jump':
        this.#jump(walk, node, step);
        break;
      case 'end':
        this.#count(node.id, 'end');
        this.#note(walk, node, 'end', step.reason);
        this.#settle(walk, node, { status: 'ended', reason: step.reason });
        break;
      case 'fail':
        this.#fail(walk, node, step.reason);
        break;
    }
  }

  #fail(walk: Walk, node: Node, reason: string): void {
    this.#count(node.id, 'failed');
    this.#note(walk, node, 'failed', reason);
    this.#settle(walk, node, { status: 'failed', reason });
  }

  #queueCall(walk: Walk, node: Node, { call }: Extract<NodeStep, { kind: 'call' }>): void {
    const { run } = walk;
    const id = newObjectId(this.#scope.now);
    const { slot, profileId, share } = run;
    this.#calls.push({ slot, id, runId: run.id, profileId, share, node: node.id, ...call });
    this.#rest(walk, node, `call ${id}`, { effectId: id });
  }

  #queueMessage(walk: Walk, node: Node, { message }: Extract<NodeStep, { kind: 'message' }>): void {
    const { slot, profileId, share, taskId, id: runId } = walk.run;
    const id = newObjectId(this.#scope.now);
    this.#messages.push({ slot, id, runId, profileId, share, taskId, node: node.id, ...message });
    this.#rest(walk, node, `message ${id}`, { effectId: id });
  }

  #waitEvent(walk: Walk, node: Node, step: Extract<NodeStep, { kind: 'wait_event' }>): void {
    const { event: waitEvent, messageId: waitMessage, until } = step;
    const what = waitMessage === null ? waitEvent : `${waitEvent} of message ${waitMessage}`;
    const wait = { dueAt: until, resume: 'timed_out' as const, waitEvent, waitMessage };
    this.#rest(walk, node, `${what}, until ${until.toISOString()}`, wait);
  }

  #rest(walk: Walk, node: Node, detail: string, change: Partial<SettledRun>): void {
    this.#note(walk, node, 'waits', detail);
    this.#settle(walk, node, { status: 'waiting', ...change });
  }

  #jump(walk: Walk, node: Node, { target, withContent }: Extract<NodeStep, { kind: 'jump' }>): void {
    this.#count(node.id, 'jump');
    this.#note(walk, node, 'jump', `to workflow ${target.workflowId}`);
    this.#jumps.push({ run: walk.run, target, withContent });
    const reason = `jumped to workflow ${target.workflowId}`;
    this.#settle(walk, node, { status: 'ended', reason });
  }

  #settle(walk: Walk, node: Node, change: Partial<SettledRun> & Pick<SettledRun, 'status'>): void {
    const { slot, id } = walk.run;
    const rest = { dueAt: null, effectId: null, resume: null, reason: null };
    const wait = { waitEvent: null, waitMessage: null };
    const trail = walk.trail.slice(-MAX_TRAIL);
    this.#settled.push({ slot, id, node: node.id, steps: walk.steps, trail, ...rest, ...wait, ...change });
  }
}

/**
 * Walks the runs of one version from where they stand until each waits, has queued a call or is over: node by node, all
 * runs that are in a node at once. Writes nothing but what the nodes themselves do to profiles.
 */
export async function walkRuns(
  definition: Definition,
  runs: readonly { run: ClaimedRun; walking: WalkingRun }[],
  scope: BatchScope,
): Promise<WalkResult> {
  return new Walker(definition, scope).walk(runs);
}
