import type { Clock } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { readHooks } from '../hook-figures.ts';
import { readMessageFigures } from '../message-figures.ts';
import { readCallFigures } from '../sql/read-call-figures.ts';
import { readChunkFigures } from '../sql/read-chunk-figures.ts';
import { readOldestRun } from '../sql/read-oldest-run.ts';

type QueueName = 'import' | 'run' | 'call' | 'message' | 'hook';

/** How long the oldest entry of a queue has waited, and how many wait; of runs only the age is known. */
export interface QueueAge {
  readonly queue: QueueName;
  readonly seconds: number;
  readonly waiting: number;
}

export interface Queues {
  readonly ages: readonly QueueAge[];
  /** Messages that wait for a person, and not for a worker. */
  readonly parkedMessages: number;
}

/** The queues as they are now. One statement after the other, each by the index of what waits. */
export async function readQueues(db: Db, clock: Clock): Promise<Queues> {
  const chunks = await readChunkFigures(db);
  const oldestRun = await readOldestRun(db);
  const calls = await readCallFigures(db);
  const { byChannel, parked: parkedMessages } = await readMessageFigures(db, clock);
  const hooks = await readHooks(db, clock);
  const now = clock.now().getTime();
  const secondsSince = (time: Date | null): number =>
    time === null ? 0 : Math.max(0, Math.round((now - time.getTime()) / 1000));
  const ages: QueueAge[] = [
    { queue: 'import', seconds: secondsSince(chunks.oldestAcceptedAt), waiting: chunks.rows },
    { queue: 'run', seconds: secondsSince(oldestRun), waiting: 0 },
    { queue: 'call', seconds: secondsSince(calls.oldestDueAt), waiting: calls.queued },
    {
      queue: 'message',
      seconds: Math.round(Math.max(0, ...byChannel.map(({ oldestAge }) => oldestAge))),
      waiting: byChannel.reduce((sum, { queued }) => sum + queued, 0),
    },
    { queue: 'hook', seconds: Math.round(hooks.oldestQueuedAge), waiting: hooks.queued },
  ];
  return { ages, parkedMessages };
}
