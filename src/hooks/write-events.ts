import { groupBy } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import type { NewEvent } from './event.ts';
import { packEvents } from './event-codec.ts';
import { insertEventBatches, type NewBatch } from './sql/insert-event-batches.ts';

/** Events in one row of the log. More would make one event of a feed cost the reading of many. */
const MAX_ROW_EVENTS = 500;

/** Equal for events that may share a row. JSON, so that no type of a user's making equals another with a number. */
function rowKey({ type, workflowId, resourceId, isTest }: NewEvent): string {
  return JSON.stringify([type, workflowId, resourceId, isTest === true]);
}

/**
 * Writes events of one database into the log, in the transaction that caused them: hooks and the feed are told when
 * it commits, and only then. One statement whatever their number. Events of one type, workflow and resource keep their
 * order; others of one call may change places.
 */
export async function writeEvents(
  tx: Db,
  { databaseId, now }: { databaseId: number; now: Date },
  events: readonly NewEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const parts: NewEvent[][] = [];
  for (const group of groupBy(events, rowKey).values()) {
    for (let at = 0; at < group.length; at += MAX_ROW_EVENTS) {
      parts.push(group.slice(at, at + MAX_ROW_EVENTS));
    }
  }
  const batches = await Promise.all(
    parts.map(async (part): Promise<NewBatch[]> => {
      const [first] = part;
      if (first === undefined) return [];
      const { type, workflowId, resourceId, isTest = false } = first;
      return [{ type, workflowId, resourceId, isTest, events: part.length, body: await packEvents(part) }];
    }),
  );
  await insertEventBatches(tx, databaseId, now, batches.flat());
}
