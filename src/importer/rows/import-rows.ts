import { groupBy, isJsonObject, type JsonObject, type Log, ownValue, sameJson } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { Places } from '../../geo/index.ts';
import {
  createUnknownFields,
  findByFilter,
  findUniqueOwners,
  type Lookup,
  lockProfiles,
  lookedAtBy,
  matchProfiles,
  type ProfileChange,
  type ProfileShape,
  type RowError,
  rowError,
  type SkippedSubscription,
  storeProfiles,
  type UniqueValue,
  uniqueValuesOf,
} from '../../profiles/index.ts';
import { segmentsEntered } from '../../segments/index.ts';
import {
  findStartTarget,
  type RunCounts,
  type StartOutcome,
  selectCustomData,
  startRuns,
  startTriggered,
  type WalkNewRuns,
} from '../../workflow/index.ts';
import type { Envelope } from '../requests/envelope.ts';
import type { ChunkRow } from '../tasks/chunk-bytes.ts';
import { emailOf, type ToldRow, writeImportEvents } from './import-events.ts';
import { fieldsOf } from './match-item.ts';
import { joinChanges, moveSegments, type SegmentMove } from './move-segments.ts';
import { openItem } from './open-item.ts';
import { type ParsedRow, parseRow } from './parse-row.ts';
import { type Known, type Resolved, RowResolver, type RowState } from './resolve-rows.ts';

/** The request that a row came in. */
export interface RowSource {
  /** Null = the method answers with the results itself, there is no task. */
  readonly taskId: string | null;
  /** Items of the task, which say how large a share of the engine its runs get. */
  readonly taskSize: number;
  /** Null = profiles are imported and sent nowhere. */
  readonly workflowId: number | null;
  readonly contextId: number | null;
  readonly envelope: Envelope;
}

export interface SourcedRow {
  readonly source: RowSource;
  readonly row: ChunkRow;
}

export type ImportedRow =
  | {
      readonly ok: true;
      readonly profileId: string;
      readonly state: RowState;
      /** Null where nobody is sent into a workflow. */
      readonly start: StartOutcome | null;
      readonly skipped: readonly SkippedSubscription[];
      /** The row of the same call that hit the same profile before; null = none did. */
      readonly duplicateOf: number | null;
      /** Fields that changed, and `subscriptions`. */
      readonly changed: readonly string[];
    }
  | { readonly ok: false; readonly fault: RowError };

export interface ImportScope {
  readonly now: Date;
  /** Takes the moves of runs; the caller writes it, after every other lock of its transaction. */
  readonly counts: RunCounts;
  readonly places: Places;
  readonly log: Log;
  /** Absent = the engine walks the runs. */
  readonly walk?: WalkNewRuns | undefined;
}

/** Enough to know that a match is ambiguous, also when rows of the batch take the value away from some. */
const MATCH_LIMIT = 10;

/** Profile data of the rows, for the fields that the database is to learn from them. */
function dataOf(shape: ProfileShape, rows: readonly SourcedRow[]): JsonObject[] {
  return rows.flatMap(({ source: { envelope }, row }) => {
    const opened = 'item' in row ? openItem(envelope, row.item) : undefined;
    return opened?.ok ? [fieldsOf(shape, envelope, opened.value.data)] : [];
  });
}

function uniqueValuesOfRows(shape: ProfileShape, rows: readonly ParsedRow[]): UniqueValue[] {
  if (shape.uniqueFields.length === 0) return [];
  return rows.flatMap(({ patch, keyFields }) => [
    ...uniqueValuesOf(shape, keyFields),
    ...uniqueValuesOf(shape, patch.fields.set),
  ]);
}

/** Reads and locks what these rows are about. */
async function readKnown(tx: Db, shape: ProfileShape, rows: readonly ParsedRow[]): Promise<Known> {
  const databaseId = shape.database.id;
  const lookups = new Map<string, Lookup>();
  for (const { key } of rows) for (const lookup of key?.lookups ?? []) lookups.set(lookup.text, lookup);
  const found = await matchProfiles(tx, databaseId, lookups.values(), MATCH_LIMIT);
  const stored = await lockProfiles(tx, databaseId, [...new Set([...found.values()].flat())]);
  return {
    ...{ found, limit: MATCH_LIMIT, stored },
    owners: await findUniqueOwners(tx, databaseId, uniqueValuesOfRows(shape, rows)),
    lookedAt: lookedAtBy(lookups.values()),
  };
}

function wantsPlace({ source: { envelope }, row }: SourcedRow): boolean {
  const own = 'item' in row && isJsonObject(row.item) ? ownValue(row.item, 'detect_geo') : undefined;
  return envelope.detectGeo || own === true || own === 'true';
}

type Judged = ParsedRow | RowError;

function isRow(judged: Judged): judged is ParsedRow {
  return 'patch' in judged;
}

/**
 * Rows that may be resolved together. A row with a filter of its own stands alone: what it finds depends on what the
 * rows before have written, and only the database can tell.
 */
function splitAtFilters(judged: readonly Judged[]): { from: number; rows: readonly Judged[] }[] {
  const parts: { from: number; rows: Judged[] }[] = [];
  let isOpen = false;
  for (const [index, row] of judged.entries()) {
    const isFilter = isRow(row) && row.filter !== null;
    const last = parts.at(-1);
    if (isOpen && !isFilter && last !== undefined) last.rows.push(row);
    else parts.push({ from: index, rows: [row] });
    isOpen = !isFilter;
  }
  return parts;
}

/** The row with the profiles that its own filter finds in place of a key. */
async function withFilterMatch(tx: Db, shape: ProfileShape, row: ParsedRow): Promise<Judged> {
  if (row.filter === null) return row;
  const ids = await findByFilter(tx, shape, row.filter, undefined, 2);
  if (!ids.ok) return rowError('custom_request', ids.error);
  const lookups = ids.value.map((id): Lookup => ({ by: 'id', text: `id ${id}`, id }));
  const missing = row.missing === 'create' && lookups.length === 0 ? 'add' : row.missing;
  return { ...row, missing, key: missing === 'add' ? null : { text: '', lane: null, lookups } };
}

async function resolveRows(
  tx: Db,
  shape: ProfileShape,
  judged: readonly Judged[],
  now: Date,
): Promise<{ resolved: Resolved[]; changes: ProfileChange[] }> {
  const resolved: Resolved[] = [];
  const changes: ProfileChange[] = [];
  for (const { from, rows } of splitAtFilters(judged)) {
    const matched: Judged[] = [];
    for (const row of rows) matched.push(isRow(row) ? await withFilterMatch(tx, shape, row) : row);
    const known = await readKnown(tx, shape, matched.filter(isRow));
    const resolver = new RowResolver(shape, known, now);
    for (const [offset, row] of matched.entries()) {
      resolved.push(isRow(row) ? resolver.apply(from + offset, row) : { ok: false, fault: row });
    }
    await storeProfiles(tx, shape, resolver.created, resolver.changed, now);
    changes.push(...resolver.changes);
  }
  return { resolved, changes };
}

/** What the requests of the rows say of static segments. */
function movesOf(
  rows: readonly SourcedRow[],
  judged: readonly Judged[],
  resolved: readonly Resolved[],
): SegmentMove[] {
  return resolved.flatMap((one, index) => {
    const [source, row] = [rows[index]?.source, judged[index]];
    if (!one.ok || source === undefined || row === undefined || !isRow(row)) return [];
    const { addToSegments: add, removeFromSegments: remove } = source.envelope;
    if (add.length === 0 && remove.length === 0) return [];
    return [{ profileId: one.profileId, add, remove, skipTriggers: row.skipTriggers }];
  });
}

/** The `custom_data` of the requests that the rows came in, by context. */
async function loadCustomData(tx: Db, rows: readonly SourcedRow[]): Promise<Map<number, JsonObject>> {
  const contexts = new Set(rows.flatMap(({ source }) => source.contextId ?? []));
  return contexts.size === 0 ? new Map() : selectCustomData(tx, [...contexts]);
}

/** Starts a run for each row that was imported for a workflow. Index into the answer = index into `rows`. */
async function startRows(
  tx: Db,
  rows: readonly SourcedRow[],
  judged: readonly Judged[],
  told: readonly (ToldRow | undefined)[],
  { now, counts, walk }: ImportScope,
): Promise<Map<number, StartOutcome>> {
  const outcomes = new Map<number, StartOutcome>();
  const imported = rows.flatMap(({ source, row }, index) => {
    const [parsed, one] = [judged[index], told[index]];
    if (source.workflowId === null || parsed === undefined || !isRow(parsed) || one === undefined) return [];
    const { taskId, taskSize, contextId, workflowId } = source;
    const { content, customData, attach } = parsed;
    const carried = { contextId, content, customData, attach };
    const facts = { email: emailOf(one.after), customData: one.customData };
    const start = {
      profileId: one.profileId,
      taskId,
      taskSize,
      itemIndex: row.index,
      ...carried,
      told: facts,
    };
    return [{ index, workflowId, start }];
  });
  for (const [workflowId, group] of groupBy(imported, (one) => one.workflowId)) {
    const target = await findStartTarget(tx, workflowId);
    if (target === undefined) throw new Error(`workflow ${workflowId} of an accepted task does not exist`);
    const started = await startRuns(
      tx,
      target,
      group.map(({ start }) => start),
      now,
      counts,
      walk,
    );
    for (const [position, { index }] of group.entries()) {
      const outcome = started[position];
      if (outcome !== undefined) outcomes.set(index, outcome);
    }
  }
  return outcomes;
}

/** Undefined where the row was not imported. Index into the answer = index into `rows`. */
function tellRows(
  rows: readonly SourcedRow[],
  judged: readonly Judged[],
  resolved: readonly Resolved[],
  shared: ReadonlyMap<number, JsonObject>,
): (ToldRow | undefined)[] {
  return resolved.map((one, index) => {
    const [sourced, parsed] = [rows[index], judged[index]];
    if (!one.ok || sourced === undefined || parsed === undefined || !isRow(parsed)) return undefined;
    const { profileId, state, before, after } = one;
    const { taskId, workflowId, contextId } = sourced.source;
    const ofRequest = contextId === null ? undefined : shared.get(contextId);
    const customData = parsed.customData ?? ofRequest ?? null;
    return { profileId, state, before, after, taskId, workflowId, index: sourced.row.index, customData };
  });
}

function changedNames({ before, after }: Extract<Resolved, { ok: true }>): string[] {
  const old = before?.fields ?? {};
  const names = new Set([...Object.keys(old), ...Object.keys(after.fields)]);
  const changed = [...names].filter((name) => !sameJson(old[name], after.fields[name]));
  return (before?.subscriptions ?? []) === after.subscriptions ? changed : [...changed, 'subscriptions'];
}

/**
 * Imports rows of one database in their order, and starts a run for each where its request says so: parse, match, lock,
 * apply, write, start, fire triggers. About ten statements whatever the number of rows; as many again for each row that asks for its
 * profile by a filter which no index answers. Index into the answer = index into `rows`.
 * @param tx the caller's transaction, which holds the lanes.
 */
export async function importRows(
  tx: Db,
  shape: ProfileShape,
  rows: readonly SourcedRow[],
  scope: ImportScope,
): Promise<ImportedRow[]> {
  const known = await createUnknownFields(tx, shape, dataOf(shape, rows), scope.now);
  // Once in the life of a process it reads a file; those that never detect places are spared its memory.
  if (rows.some(wantsPlace)) await scope.places.load();
  const judged = rows.map(({ source, row }): Judged => {
    if ('fault' in row) return row.fault;
    const outcome = parseRow(known, source.envelope, row.item, scope.places);
    return outcome.ok ? outcome.value : outcome.error;
  });
  const { resolved, changes } = await resolveRows(tx, known, judged, scope.now);
  const entered = await moveSegments(tx, movesOf(rows, judged, resolved), scope.now);
  const told = tellRows(rows, judged, resolved, await loadCustomData(tx, rows));
  const imported = told.filter((row) => row !== undefined);
  await writeImportEvents(tx, shape.database.id, imported, scope.now);
  const starts = await startRows(tx, rows, judged, told, scope);
  const states = new Map(resolved.flatMap((one) => (one.ok ? [[one.profileId, one.after]] : [])));
  await startTriggered(tx, {
    databaseId: shape.database.id,
    changes: joinChanges(changes, entered, (profileId) => states.get(profileId)),
    depth: 1,
    ...{ now: scope.now, counts: scope.counts, log: scope.log, segmentsEntered },
  });
  return resolved.map((one, index): ImportedRow => {
    if (!one.ok) return one;
    const parsed = judged[index];
    return {
      ...{ ok: true, profileId: one.profileId, state: one.state, start: starts.get(index) ?? null },
      skipped: parsed !== undefined && isRow(parsed) ? parsed.skipped : [],
      duplicateOf: one.duplicateOf,
      changed: one.state === 'updated' ? changedNames(one) : [],
    };
  });
}
