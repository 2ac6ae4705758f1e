import type { Log } from '../base/index.ts';
import { writeEvents } from '../hooks/index.ts';
import type { MessageNews, RunPort } from '../messages/index.ts';
import { changeEvents } from './change-events.ts';
import type { EdgeName } from './nodes/node-base.ts';
import type { MessageEvent } from './nodes/wait-event.ts';
import { type AddRunCounts, RunCounts } from './run-counts.ts';
import { lockRuns } from './sql/lock-runs.ts';
import { type ResumeOrder, resumeRunsOfMessages } from './sql/resume-runs-of-messages.ts';
import { selectRunFacts } from './sql/select-run-facts.ts';
import { type SegmentsEntered, startTriggered, warnOfLoops } from './triggers/start-triggered.ts';

export interface RunPortDeps {
  readonly addRunCounts: AddRunCounts;
  readonly log: Log;
  readonly segmentsEntered?: SegmentsEntered;
}

/** The edge by which a run goes on that waits for the outcome of its message. */
const outcomeEdges: Readonly<Partial<Record<MessageNews['kind'], EdgeName>>> = {
  sent: 'next',
  no_address: 'no_address',
  failed: 'error',
  unknown: 'next',
};

/** What has happened besides: nobody clicks what was not opened, nor opens what was not delivered. */
const impliedEvents: Readonly<Partial<Record<MessageNews['kind'], readonly MessageEvent[]>>> = {
  delivered: ['delivered'],
  opened: ['opened', 'delivered'],
  clicked: ['clicked', 'opened', 'delivered'],
  reply: ['reply'],
};

function toOrder({ slot, runId, messageId, kind, reason }: MessageNews): ResumeOrder {
  const edge = outcomeEdges[kind] ?? null;
  const why = reason === null ? '' : `: ${reason}`;
  return {
    ...{ slot, runId, messageId, edge, events: impliedEvents[kind] ?? [] },
    reason: edge === null ? `${kind} of message ${messageId}` : `message ${messageId} ${kind}${why}`,
  };
}

function toKeys(runs: readonly { slot: number; runId: string }[]): { slot: number; id: string }[] {
  return runs.map(({ slot, runId }) => ({ slot, id: runId }));
}

/** What the room of messages asks of the runs. */
export function createRunPort({ addRunCounts, log, segmentsEntered }: RunPortDeps): RunPort {
  return {
    async lock(tx, runs) {
      if (runs.length > 0) await lockRuns(tx, runs);
    },
    async tell(tx, news, now) {
      if (news.length > 0) await resumeRunsOfMessages(tx, news.map(toOrder), now);
    },
    async changed(tx, databaseId, changes, now) {
      await writeEvents(tx, { databaseId, now }, changeEvents(changes));
      const counts = new RunCounts();
      const figures = await startTriggered(tx, {
        ...{ databaseId, changes, depth: 1, now, counts, log },
        ...(segmentsEntered === undefined ? {} : { segmentsEntered }),
      });
      await counts.write(tx, addRunCounts);
      warnOfLoops(log, figures.stopped);
    },
    async customData(tx, runs) {
      const facts = runs.length === 0 ? [] : (await selectRunFacts(tx, toKeys(runs))).values();
      return new Map(
        [...facts].flatMap(({ id, customData }) => (customData === null ? [] : [[id, customData] as const])),
      );
    },
  };
}
