import type { JsonObject } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { type NewEvent, writeEvents } from '../../hooks/index.ts';
import type { ProfileChange, ProfileState } from '../../profiles/index.ts';
import { changeEvents } from '../../workflow/index.ts';
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
  /** Of the item, else of the request. */
  readonly customData: JsonObject | null;
}

/** The profile's own; null = it has none. */
export function emailOf({ fields: { email } }: ProfileState): string | null {
  return typeof email === 'string' ? email : null;
}

function eventsOf(row: ToldRow): NewEvent[] {
  const { profileId, before, after, workflowId, customData } = row;
  const imported: NewEvent = {
    ...{ type: 'import_api', profileId, workflowId, customData, resourceId: null, subscription: null },
    email: emailOf(after),
    data: { task_id: row.taskId, item: row.index, state: row.state },
  };
  const change: ProfileChange = { profileId, before, after, enteredSegments: [] };
  return [imported, ...changeEvents([change], { workflowId: null, customDataOf: () => customData })];
}

/**
 * Tells hooks and the feed of imported rows: of each `import_api`, and what has changed by it. Also of rows that skip
 * triggers: those start nothing, and are no secret. One statement.
 */
export async function writeImportEvents(
  tx: Db,
  databaseId: number,
  rows: readonly ToldRow[],
  now: Date,
): Promise<void> {
  await writeEvents(tx, { databaseId, now }, rows.flatMap(eventsOf));
}
