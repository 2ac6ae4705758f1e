import { type Clock, invalidRequest, type JsonObject, MusterError, textFault } from '../base/index.ts';
import { type Db, withTx } from '../db/index.ts';
import { findDatabase } from '../profiles/index.ts';
import { checkFilter } from './filters.ts';
import type { Segment } from './segment.ts';
import { deleteMembers } from './sql/delete-members.ts';
import { deleteSegmentRow } from './sql/delete-segment.ts';
import { insertSegment } from './sql/insert-segment.ts';
import { findSegment } from './sql/list-segments.ts';
import { updateSegmentRow } from './sql/update-segment.ts';

const MAX_NAME_LENGTH = 200;
/** How much one call to `deleteSegment` does: transactions, and rows in each. */
const DELETE_BOUNDS = { steps: 20, rows: 10_000 } as const;

function checkName(name: string): void {
  if (name.trim() === '' || name.length > MAX_NAME_LENGTH || textFault(name) !== undefined) {
    throw invalidRequest('name', `expected 1 to ${MAX_NAME_LENGTH} characters`);
  }
}

function noSuchSegment(id: number): MusterError {
  return new MusterError(404, { detail: `there is no segment ${id}` });
}

/**
 * Makes a segment: of its filter, or a static one where the filter is null.
 * @throws {MusterError} 404 without such a database, 400 for a name or filter that is not usable.
 */
export async function createSegment(
  db: Db,
  clock: Clock,
  settings: { readonly databaseId: number; readonly name: string; readonly filter: JsonObject | null },
): Promise<Segment> {
  const { databaseId, filter } = settings;
  checkName(settings.name);
  if (filter !== null) checkFilter(filter);
  if ((await findDatabase(db, databaseId)) === undefined) {
    const detail = `database_id: there is no database ${databaseId}`;
    throw new MusterError(404, { field: 'database_id', detail });
  }
  const segment = {
    databaseId,
    name: settings.name.trim(),
    kind: filter === null ? 'static' : 'filter',
    filter,
    createdAt: clock.now(),
  } as const;
  return { id: await insertSegment(db, segment), ...segment };
}

/**
 * Changes the name, or the filter of a filter segment. Nobody "enters" it by a change of its filter.
 * @throws {MusterError} 404 without such a segment, 400 for a name or filter that is not usable.
 */
export async function updateSegment(
  db: Db,
  id: number,
  changes: { readonly name?: string | undefined; readonly filter?: JsonObject | undefined },
): Promise<Segment> {
  const { name, filter } = changes;
  if (name !== undefined) checkName(name);
  if (filter !== undefined) checkFilter(filter);
  const current = await getSegment(db, id);
  if (filter !== undefined && current.kind === 'static') {
    throw invalidRequest('filter', 'a static segment has none');
  }
  const changed = await updateSegmentRow(db, id, {
    name: name?.trim() ?? null,
    filter: filter ?? null,
  });
  if (changed === undefined) throw noSuchSegment(id);
  return changed;
}

/** @throws {MusterError} 404 without such a segment. */
export async function getSegment(db: Db, id: number): Promise<Segment> {
  const segment = await findSegment(db, id);
  if (segment === undefined) throw noSuchSegment(id);
  return segment;
}

/**
 * Deletes a segment, its members first: 10,000 in each transaction, and no more than 200,000 in one call.
 * @returns how many members went, and whether the segment has gone too; if not, the caller may call again.
 */
export async function deleteSegment(
  db: Db,
  segment: Segment,
  bounds: { readonly steps: number; readonly rows: number } = DELETE_BOUNDS,
): Promise<{ removed: number; done: boolean }> {
  const { id, databaseId } = segment;
  let removed = 0;
  for (let step = 0; step < bounds.steps; step += 1) {
    const gone = await withTx(db, async (tx) => {
      let count = await deleteMembers(tx, databaseId, id, bounds.rows);
      if (count === bounds.rows) return { count, done: false };
      // Those that put members in at this moment hold a lock that this waits for; later ones find no segment.
      await deleteSegmentRow(tx, id);
      for (let last = bounds.rows; last === bounds.rows; count += last) {
        last = await deleteMembers(tx, databaseId, id, bounds.rows);
      }
      return { count, done: true };
    });
    removed += gone.count;
    if (gone.done) return { removed, done: true };
  }
  return { removed, done: false };
}
