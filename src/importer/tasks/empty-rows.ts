import { type Db, withTx } from '../../db/index.ts';
import { type ForgottenProfile, findForgottenRows, noteEmptiedRows } from '../../hooks/index.ts';
import { lockSettledChunk, rewriteChunk } from '../sql/rewrite-chunk.ts';
import { selectSettledResults } from '../sql/select-settled-results.ts';
import { packResults, packRows, type RowResult, unpackResults, unpackRows } from './chunk-bytes.ts';

/** A walk over all chunks begins when the first erasure is so old: it serves all that have come meanwhile. */
const GATHER_MS = 900_000;
const MAX_PROFILES = 10_000;
const CHUNKS_AT_ONCE = 20;

interface Walk {
  readonly begun: Date;
  readonly profiles: readonly ForgottenProfile[];
  readonly keys: ReadonlySet<string>;
  /** The last chunk that was looked at. */
  after: number;
}

/** Of results that name an erased profile what they say beside its id and state. */
function emptyResult(result: RowResult): RowResult {
  if (!('profileId' in result)) return result;
  const { skipped: _skipped, ...kept } = result;
  return kept;
}

/** Empties the rows in one chunk that made or changed one of these profiles. Ids and states stay, for the ledger. */
async function emptyChunk(db: Db, id: number, profileIds: ReadonlySet<string>): Promise<void> {
  await withTx(db, async (tx) => {
    // Read again under the lock: somebody else may be emptying rows of others in it.
    const chunk = await lockSettledChunk(tx, id);
    if (chunk === undefined) return;
    const results = await unpackResults(chunk.result);
    const isErased = (result: RowResult) => 'profileId' in result && profileIds.has(result.profileId);
    const erased = new Set(results.filter(isErased).map(({ index }) => index));
    const rows = (await unpackRows(chunk.payload)).map((row) =>
      erased.has(row.index) && 'item' in row ? { ...row, item: null } : row,
    );
    await rewriteChunk(tx, id, {
      payload: await packRows(rows),
      result: await packResults(results.map((result) => (isErased(result) ? emptyResult(result) : result))),
    });
  });
}

/**
 * Empties the rows of tasks that made or changed profiles which were erased since. What a row failed with is not known
 * to be about a profile: such rows go with their task. A process that stops on its walk begins anew; twice does no harm.
 */
export class RowEraser {
  #walk: Walk | undefined;

  /** @returns how many chunks were looked at; 0 = there is nothing to do now. */
  async step(db: Db, now: Date): Promise<number> {
    this.#walk ??= await this.#begin(db, now);
    const walk = this.#walk;
    if (walk === undefined) return 0;
    const databaseIds = [...new Set(walk.profiles.map(({ databaseId }) => databaseId))];
    const chunks = await selectSettledResults(db, databaseIds, walk.after, CHUNKS_AT_ONCE);
    for (const { id, result } of chunks) {
      const results = await unpackResults(result);
      const isNamed = results.some((one) => 'profileId' in one && walk.keys.has(one.profileId));
      if (isNamed) await emptyChunk(db, id, walk.keys);
      walk.after = id;
    }
    if (chunks.length === 0) {
      await noteEmptiedRows(db, walk.profiles, walk.begun, now);
      this.#walk = undefined;
      return 1;
    }
    return chunks.length;
  }

  async #begin(db: Db, now: Date): Promise<Walk | undefined> {
    const profiles = await findForgottenRows(db, new Date(now.getTime() - GATHER_MS), MAX_PROFILES);
    if (profiles.length === 0) return undefined;
    // Ids of profiles are the same in no two databases.
    return { begun: now, profiles, keys: new Set(profiles.map(({ profileId }) => profileId)), after: 0 };
  }
}
