import { newObjectId } from '../../base/index.ts';
import type { Definition } from '../definition/definition.ts';
import type { EdgeName } from '../nodes/node-base.ts';
import { executeNode, type Node } from '../nodes/node-types.ts';
import type { BatchScope, NodeStep, WalkingRun } from '../nodes/walking-run.ts';
import type { ClaimedRun } from '../sql/claim-runs.ts';
import type { NewCall } from '../sql/insert-calls.ts';
import type { SettledRun } from '../sql/settle-runs.ts';

/** A run that goes through more nodes than this is in a cycle that somebody forgot to leave. */
const MAX_STEPS = 10_000;

export interface WalkResult {
  readonly settled: readonly SettledRun[];
  readonly calls: readonly NewCall[];
  readonly counts: readonly { node: string; outcome: string; passed: number }[];
}

interface Walk {
  readonly run: ClaimedRun;
  readonly walking: WalkingRun;
  steps: number;
}

class Walker {
  readonly #definition: Definition;
  readonly #scope: BatchScope;
  readonly #settled: SettledRun[] = [];
  readonly #calls: NewCall[] = [];
  readonly #passed = new Map<string, { node: string; outcome: string; passed: number }>();
  /** Runs that are about to enter a node, by node, so that each node works on as many at once as it can. */
  readonly #entering = new Map<string, Walk[]>();

  constructor(definition: Definition, scope: BatchScope) {
    this.#definition = definition;
    this.#scope = scope;
  }

  async walk(runs: readonly { run: ClaimedRun; walking: WalkingRun }[]): Promise<WalkResult> {
    for (const { run, walking } of runs) {
      const walk = { run, walking, steps: run.steps };
      if (run.resume === null) this.#enter(walk, run.node);
      else this.#leave(walk, this.#nodeOf(run.node), run.resume);
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
    return { settled: this.#settled, calls: this.#calls, counts: [...this.#passed.values()] };
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

  #leave(walk: Walk, node: Node, edge: EdgeName): void {
    this.#count(node.id, edge);
    const target = node.edges[edge];
    if (target !== undefined) this.#enter(walk, target);
    // A failure that no edge takes up is the run's own; any other way out that leads nowhere is its end.
    else if (edge === 'error') this.#settle(walk, node, { status: 'failed', reason: walk.run.reason });
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
        this.#leave(walk, node, step.edge);
        break;
      case 'wait':
        this.#settle(walk, node, { status: 'waiting', dueAt: step.until, resume: 'next' });
        break;
      case 'call':
        this.#queueCall(walk, node, step);
        break;
      case 'end':
        this.#count(node.id, 'end');
        this.#settle(walk, node, { status: 'ended', reason: step.reason });
        break;
      case 'fail':
        this.#fail(walk, node, step.reason);
        break;
    }
  }

  #fail(walk: Walk, node: Node, reason: string): void {
    this.#count(node.id, 'failed');
    this.#settle(walk, node, { status: 'failed', reason });
  }

  #queueCall(walk: Walk, node: Node, { call }: Extract<NodeStep, { kind: 'call' }>): void {
    const { run } = walk;
    const id = newObjectId(this.#scope.now);
    const { slot, profileId } = run;
    this.#calls.push({ slot, id, runId: run.id, profileId, node: node.id, ...call });
    this.#settle(walk, node, { status: 'waiting', callId: id });
  }

  #settle(walk: Walk, node: Node, change: Partial<SettledRun> & Pick<SettledRun, 'status'>): void {
    const { slot, id } = walk.run;
    const rest = { dueAt: null, callId: null, resume: null, reason: null };
    this.#settled.push({ slot, id, node: node.id, steps: walk.steps, ...rest, ...change });
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
