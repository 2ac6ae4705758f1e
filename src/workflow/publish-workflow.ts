import { type Clock, MusterError } from '../base/index.ts';
import { type Db, withTx } from '../db/index.ts';
import { loadShape, type ProfileShape, parseProfilePatch } from '../profiles/index.ts';
import { referenceFaults } from './definition/check-references.ts';
import type { Definition } from './definition/definition.ts';
import { parseDefinition } from './definition/parse-definition.ts';
import { fixedValue } from './nodes/json-template.ts';
import type { DefinitionFault } from './nodes/node-base.ts';
import { sendFaults } from './nodes/send.ts';
import { findStartTarget } from './sql/find-start-target.ts';
import { insertVersion } from './sql/insert-version.ts';
import { lockWorkflow } from './sql/lock-workflow.ts';
import type { Workflow } from './workflow.ts';
import { noSuchWorkflow } from './workflows.ts';

/** A 400 that carries everything that is wrong with a definition; `detail` has it as text. */
export class DefinitionError extends MusterError {
  readonly faults: readonly DefinitionFault[];

  constructor(faults: readonly DefinitionFault[]) {
    const detail = faults.map((fault) => `${fault.path}: ${fault.message}`).join('\n');
    super(400, { detail, field: faults[0]?.path ?? 'definition' });
    this.name = 'DefinitionError';
    this.faults = faults;
  }
}

/** What an update_profile would set and the database would not take: every run would fail on it. */
function fieldFaults(definition: Definition, shape: ProfileShape): DefinitionFault[] {
  const faults: DefinitionFault[] = [];
  for (const node of definition.nodes.values()) {
    if (node.type !== 'update_profile') continue;
    for (const [name, template] of node.fields) {
      const path = `nodes.${node.id}.fields.${name}`;
      const value = fixedValue(template);
      const coerced = value === undefined ? undefined : parseProfilePatch(shape, { [name]: value });
      if (!shape.fields.has(name)) faults.push({ path, message: 'the database has no such field' });
      else if (coerced?.ok === false) faults.push({ path, message: coerced.error.text });
    }
  }
  return faults;
}

/**
 * Accepted tasks start their profiles by the newest version, whenever they come to it: it must not lose the start that
 * they were accepted for.
 */
async function startFaults(tx: Db, workflowId: number, definition: Definition): Promise<DefinitionFault[]> {
  if (definition.start !== null) return [];
  const published = await findStartTarget(tx, workflowId);
  if (published === undefined || published.startNode === null) return [];
  const message =
    'the published version has a start named Default, so tasks may be on their way: keep one, if need be without next';
  return [{ path: 'nodes', message }];
}

/**
 * Everything that keeps a definition from being published in that workflow; id 0 = one that is not there yet. Empty = it
 * can be.
 */
export async function findFaults(
  tx: Db,
  workflow: Pick<Workflow, 'id' | 'databaseId' | 'definition'>,
): Promise<{ faults: readonly DefinitionFault[]; definition: Definition | undefined }> {
  const parsed = parseDefinition(workflow.definition);
  if (!parsed.ok) return { faults: parsed.error, definition: undefined };
  const { value: definition } = parsed;
  const faults = await startFaults(tx, workflow.id, definition);
  if (definition.changesProfiles) {
    faults.push(...fieldFaults(definition, await loadShape(tx, workflow.databaseId)));
  }
  faults.push(...(await sendFaults(tx, definition.sends, workflow.databaseId)));
  faults.push(...(await referenceFaults(tx, workflow, definition)));
  return { faults, definition };
}

/**
 * Checks the draft and freezes it as the next version, which new runs follow from now on.
 * @param publishedBy the name of who does it; null = Muster itself.
 * @throws {DefinitionError} when the draft has faults; {MusterError} 404 for an unknown workflow.
 */
export async function publishWorkflow(
  db: Db,
  clock: Clock,
  id: number,
  publishedBy: string | null = null,
): Promise<Workflow> {
  return withTx(db, async (tx) => {
    const workflow = await lockWorkflow(tx, id);
    if (workflow === undefined) throw noSuchWorkflow(id);
    const { faults, definition } = await findFaults(tx, workflow);
    if (definition === undefined || faults.length > 0) throw new DefinitionError(faults);
    const published = await insertVersion(tx, workflow, { ...definition, publishedBy }, clock.now());
    if (published === undefined) throw noSuchWorkflow(id);
    return published;
  });
}
