import { groupBy, type JsonObject } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import {
  createUnknownFields,
  lockProfiles,
  matchProfiles,
  type ProfileShape,
  type RowError,
  storeProfiles,
} from '../profiles/index.ts';
import { type AddRunCounts, findStartTarget, type StartOutcome, startRuns } from '../workflow/index.ts';
import type { ChunkRow } from './chunk-bytes.ts';
import { fieldsOf, openItem, type ParsedRow, parseRow } from './parse-row.ts';
import { RowResolver, type RowState } from './resolve-rows.ts';
import type { PendingChunk } from './sql/select-pending-chunks.ts';

/** A row with the chunk that it came in. */
export interface LaneRow {
  readonly chunk: PendingChunk;
  readonly row: ChunkRow;
}

export type ImportedRow =
  | { readonly ok: true; readonly profileId: string; readonly state: RowState; readonly start: StartOutcome }
  | { readonly ok: false; readonly fault: RowError };

/** Two are enough to know that a match is ambiguous. */
const MATCH_LIMIT = 2;

interface ImportedProfile {
  readonly index: number;
  readonly profileId: string;
  readonly state: RowState;
}

/** Profile data of the rows, for the fields that the database is to learn from them. */
function dataOf(shape: ProfileShape, rows: readonly LaneRow[]): JsonObject[] {
  return rows.flatMap(({ chunk, row }) => {
    const opened = 'item' in row ? openItem(row.item) : undefined;
    return opened?.ok ? [fieldsOf(shape, chunk.envelope, opened.value.data)] : [];
  });
}

async function resolve(
  tx: Db,
  shape: ProfileShape,
  parsed: readonly (ParsedRow | RowError)[],
  now: Date,
): Promise<{ profiles: ImportedProfile[]; faults: Map<number, RowError> }> {
  const keys = new Map(parsed.flatMap((row) => ('key' in row ? [[row.key.text, row.key]] : [])));
  const databaseId = shape.database.id;
  const found = await matchProfiles(tx, databaseId, [...keys.values()], MATCH_LIMIT);
  const stored = await lockProfiles(tx, databaseId, [...new Set([...found.values()].flat())]);
  const resolver = new RowResolver(shape, found, stored, now);
  const profiles: ImportedProfile[] = [];
  const faults = new Map<number, RowError>();
  for (const [index, row] of parsed.entries()) {
    const resolved = 'key' in row ? resolver.apply(row) : ({ ok: false, fault: row } as const);
    if (resolved.ok) profiles.push({ index, profileId: resolved.profileId, state: resolved.state });
    else faults.set(index, resolved.fault);
  }
  await storeProfiles(tx, shape, resolver.created, resolver.changed, now);
  return { profiles, faults };
}

async function start(
  tx: Db,
  rows: readonly LaneRow[],
  parsed: readonly (ParsedRow | RowError)[],
  profiles: readonly ImportedProfile[],
  now: Date,
  addRunCounts: AddRunCounts,
): Promise<Map<number, StartOutcome>> {
  const outcomes = new Map<number, StartOutcome>();
  for (const [workflowId, group] of groupBy(profiles, ({ index }) => rows[index]?.chunk.workflowId ?? 0)) {
    const target = await findStartTarget(tx, workflowId);
    if (target === undefined) throw new Error(`workflow ${workflowId} of an accepted task does not exist`);
    const starts = group.map(({ index, profileId }) => {
      const parsedRow = parsed[index];
      const carried = parsedRow !== undefined && 'key' in parsedRow ? parsedRow : undefined;
      const source = rows[index];
      return {
        profileId,
        taskId: source?.chunk.taskId ?? null,
        itemIndex: source?.row.index ?? null,
        contextId: source?.chunk.contextId ?? null,
        content: carried?.content ?? null,
        customData: carried?.customData ?? null,
      };
    });
    const started = await startRuns(tx, target, starts, now, addRunCounts);
    for (const [position, { index }] of group.entries()) {
      const outcome = started[position];
      if (outcome !== undefined) outcomes.set(index, outcome);
    }
  }
  return outcomes;
}

/**
 * Imports rows of one lane in their order and starts a run for each that was imported: parse, match, lock, apply,
 * write, start. About seven statements whatever the number of rows. Index into the answer = index into `rows`.
 * @param tx the caller's transaction, which holds the lane.
 */
export async function importRows(
  tx: Db,
  shape: ProfileShape,
  rows: readonly LaneRow[],
  now: Date,
  addRunCounts: AddRunCounts,
): Promise<ImportedRow[]> {
  const known = await createUnknownFields(tx, shape, dataOf(shape, rows), now);
  const parsed = rows.map(({ chunk, row }) => {
    if ('fault' in row) return row.fault;
    const outcome = parseRow(known, chunk.envelope, row.item);
    return outcome.ok ? outcome.value : outcome.error;
  });
  const { profiles, faults } = await resolve(tx, known, parsed, now);
  const starts = await start(tx, rows, parsed, profiles, now, addRunCounts);
  const imported = new Map(profiles.map((profile) => [profile.index, profile]));
  return rows.map((_row, index): ImportedRow => {
    const profile = imported.get(index);
    const outcome = starts.get(index);
    if (profile !== undefined && outcome !== undefined) {
      return { ok: true, profileId: profile.profileId, state: profile.state, start: outcome };
    }
    const fault = faults.get(index);
    if (fault === undefined) throw new Error(`row ${index} of a chunk has no result`);
    return { ok: false, fault };
  });
}
