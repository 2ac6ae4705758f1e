import type { JsonObject } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { type NewEvent, writeEvents } from '../../hooks/index.ts';
import type { ProfileChange, ProfileState } from '../../profiles/index.ts';
import { changeEvents, selectCustomData } from '../../workflow/index.ts';
import type { RowState } from './resolve-rows.ts';

/** A row that was imported, as far as its events tell of it. */
export interface ToldRow {
  readonly profileId: string;
  readonly state: RowState;
  readonly before: ProfileState | undefined;
  readonly after: ProfileState;
  readonly taskId: string | null;
  /** Of the request. */
  readonly index: number;
  readonly workflowId: number | null;
  readonly contextId: number | null;
  /** Of the item; null = that of the request holds. */
  readonly customData: JsonObject | null;
}

function eventsOf(row: ToldRow, customData: JsonObject | null): NewEvent[] {
  const { profileId, before, after, workflowId } = row;
  const email = after.fields['email'];
  const imported: NewEvent = {
    ...{ type: 'import_api', profileId, workflowId, customData, resourceId: null, subscription: null },
    email: typeof email === 'string' ? email : null,
    data: { task_id: row.taskId, item: row.index, state: row.state },
  };
  const change: ProfileChange = { profileId, before, after, enteredSegments: [] };
  return [imported, ...changeEvents([change], { workflowId: null, customDataOf: () => customData })];
}

/**
 * Tells hooks and the feed of imported rows: of each `import_api`, and what has changed by it. Also of rows that skip
 * triggers: those start nothing, and are no secret. Two statements at most.
 */
export async function writeImportEvents(
  tx: Db,
  databaseId: number,
  rows: readonly ToldRow[],
  now: Date,
): Promise<void> {
  const contexts = new Set(
    rows.flatMap(({ customData, contextId }) => (customData === null ? (contextId ?? []) : [])),
  );
  const shared =
    contexts.size === 0 ? new Map<number, JsonObject>() : await selectCustomData(tx, [...contexts]);
  const events = rows.flatMap((row) => {
    const ofRequest = row.contextId === null ? undefined : shared.get(row.contextId);
    return eventsOf(row, row.customData ?? ofRequest ?? null);
  });
  await writeEvents(tx, { databaseId, now }, events);
}
