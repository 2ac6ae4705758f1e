import type { Db } from '../db/index.ts';
import { cancelMessages } from '../messages/index.ts';
import type { EndedRun } from './sql/ending.ts';

/** Takes back the messages that runs waited for which have just been ended, where they were not sent yet. */
export async function takeBackMessages(tx: Db, ended: readonly EndedRun[], now: Date): Promise<void> {
  const messages = ended.flatMap(({ slot, effectId }) => (effectId === null ? [] : [{ slot, id: effectId }]));
  if (messages.length > 0) await cancelMessages(tx, messages, now);
}
