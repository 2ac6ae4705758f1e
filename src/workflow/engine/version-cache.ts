import type { Db } from '../../db/index.ts';
import type { Definition } from '../definition/definition.ts';
import { parseDefinition } from '../definition/parse-definition.ts';
import { type DueVersion, versionKey } from '../sql/find-due-versions.ts';
import { findVersion } from '../sql/find-version.ts';

/** Definitions of this many versions are kept compiled. */
const MAX_VERSIONS = 200;

export interface CompiledVersion {
  readonly databaseId: number;
  readonly definition: Definition;
}

export interface VersionCache {
  /** @throws {Error} when this version of the program cannot read it. */
  load(db: Db, version: DueVersion): Promise<CompiledVersion>;
  /** Undefined = it was not loaded yet, or not lately. */
  peek(version: DueVersion): CompiledVersion | undefined;
}

/** Versions never change once they are published, so what is cached cannot be stale. */
export function createVersionCache(): VersionCache {
  const kept = new Map<string, CompiledVersion>();
  async function load(db: Db, { workflowId, version }: DueVersion): Promise<CompiledVersion> {
    const key = versionKey({ workflowId, version });
    const cached = kept.get(key);
    if (cached !== undefined) return cached;
    const row = await findVersion(db, workflowId, version);
    if (row === undefined) throw new Error(`workflow ${workflowId} has no version ${version}`);
    const parsed = parseDefinition(row.definition);
    if (!parsed.ok) {
      const faults = parsed.error.map((fault) => `${fault.path}: ${fault.message}`).join('; ');
      throw new Error(`version ${version} of workflow ${workflowId} cannot be read: ${faults}`);
    }
    const compiled = { databaseId: row.databaseId, definition: parsed.value };
    const [oldest] = kept.keys();
    if (kept.size >= MAX_VERSIONS && oldest !== undefined) kept.delete(oldest);
    kept.set(key, compiled);
    return compiled;
  }
  return { load, peek: (version) => kept.get(versionKey(version)) };
}
