import type { Db } from '../../db/index.ts';
import { findTemplateVersion } from '../sql/select-template-versions.ts';
import { type CompiledTemplate, compileContent } from './template-content.ts';

const MAX_TEMPLATES = 200;

/** By the way to the database: a process that has two of them, such as a test, must not mix them up. */
const kept = new WeakMap<Db, Map<string, CompiledTemplate>>();

/**
 * A version of a template, compiled; undefined when there is none. Versions never change, so what is kept cannot be
 * stale; only that a template was deleted goes unseen.
 */
export async function loadTemplate(
  db: Db,
  id: number,
  version: number,
): Promise<CompiledTemplate | undefined> {
  const known = kept.get(db) ?? new Map<string, CompiledTemplate>();
  kept.set(db, known);
  const key = `${id} ${version}`;
  const cached = known.get(key);
  if (cached !== undefined) return cached;
  const found = await findTemplateVersion(db, id, version);
  if (found === undefined) return undefined;
  const { compiled, faults } = compileContent(found.channel, found.content);
  if (faults.length > 0) {
    const texts = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
    throw new Error(`version ${version} of template ${id} cannot be read: ${texts}`);
  }
  const [oldest] = known.keys();
  if (known.size >= MAX_TEMPLATES && oldest !== undefined) known.delete(oldest);
  known.set(key, compiled);
  return compiled;
}
