import { Gauge, type Registry } from 'prom-client';
import type { Clock } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import { readWaitingMessages } from './sql/read-waiting-messages.ts';

/** Messages that wait, for the metrics. */
export interface MessageFigures {
  readonly byChannel: readonly {
    readonly channel: string;
    readonly queued: number;
    readonly oldestAge: number;
  }[];
  /** Those that a person is to decide about. */
  readonly parked: number;
}

export async function readMessageFigures(db: Db, clock: Clock): Promise<MessageFigures> {
  const { waiting, parked } = await readWaitingMessages(db);
  const now = clock.now().getTime();
  const byChannel = waiting.map(({ channel, queued, oldestDueAt }) => ({
    channel,
    queued,
    oldestAge: Math.max(0, (now - oldestDueAt.getTime()) / 1000),
  }));
  return { byChannel, parked };
}

/** Channels in which nothing waits are left out. */
export function addMessageGauges(registry: Registry, { byChannel, parked }: MessageFigures): void {
  const registers = [registry];
  const labelNames = ['channel'] as const;
  const queued = new Gauge({
    name: 'muster_messages_queued',
    help: 'Messages that are due now or later, by channel',
    ...{ labelNames, registers },
  });
  const oldest = new Gauge({
    name: 'muster_message_oldest_due_seconds',
    help: 'How long the longest due message of a channel has been due',
    ...{ labelNames, registers },
  });
  for (const { channel, ...figures } of byChannel) {
    queued.set({ channel }, figures.queued);
    oldest.set({ channel }, figures.oldestAge);
  }
  const help = 'Messages of which nobody knows whether they were sent, and about which a person is to decide';
  new Gauge({ name: 'muster_messages_parked', help, registers }).set(parked);
}
