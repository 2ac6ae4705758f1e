import { isJsonObject, type Log, ownValue, parseJson } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { DefinitionFault } from '../nodes/node-base.ts';
import { NodeReader } from '../nodes/node-reader.ts';
import { parseStart } from '../nodes/start.ts';
import type { Trigger } from '../nodes/trigger.ts';
import { findTriggers } from '../sql/find-triggers.ts';
import type { Reentry } from '../workflow.ts';

interface CompiledTrigger {
  /** The start node that runs enter. */
  readonly node: string;
  readonly trigger: Trigger;
}

/** A start node of an active workflow that an event fires. */
export interface ActiveTrigger extends CompiledTrigger {
  readonly workflowId: number;
  readonly version: number;
  readonly reentry: Reentry;
}

type Compiled = {
  readonly triggers: readonly CompiledTrigger[];
  readonly faults: readonly DefinitionFault[];
};

/** The triggers of this many versions are kept compiled. */
const MAX_COMPILED = 500;

/** By the stored text, so that what is kept can never be stale. */
const compiledTexts = new Map<string, Compiled>();

function compile(text: string): Compiled {
  const known = compiledTexts.get(text);
  if (known !== undefined) return known;
  const faults: DefinitionFault[] = [];
  const triggers: CompiledTrigger[] = [];
  const stored = parseJson(text);
  for (const object of Array.isArray(stored) ? stored : []) {
    const id = isJsonObject(object) ? ownValue(object, 'id') : undefined;
    if (!isJsonObject(object) || typeof id !== 'string') continue;
    const start = parseStart(new NodeReader(id, object, faults));
    if (start?.trigger) triggers.push({ node: id, trigger: start.trigger });
  }
  const compiled = { triggers, faults };
  const [oldest] = compiledTexts.keys();
  if (compiledTexts.size >= MAX_COMPILED && oldest !== undefined) compiledTexts.delete(oldest);
  compiledTexts.set(text, compiled);
  return compiled;
}

/**
 * The triggers of the active workflows of a database: by workflow, then in the order of the definition. One statement.
 * A trigger that this version of the program cannot read is left out with a warning: it must not keep imports back.
 */
export async function loadTriggers(tx: Db, databaseId: number, log: Log): Promise<ActiveTrigger[]> {
  const rows = await findTriggers(tx, databaseId);
  return rows.flatMap(({ triggers: text, ...workflow }) => {
    const { triggers, faults } = compile(text);
    if (faults.length > 0) log.warn({ ...workflow, faults }, 'a trigger cannot be read and starts nobody');
    return triggers.map((trigger) => ({ ...workflow, ...trigger }));
  });
}
