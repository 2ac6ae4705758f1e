import assert from 'node:assert/strict';
import type { JsonValue } from '../../src/base/index.ts';
import { createWorkflow, DefinitionError, getWorkflow, publishWorkflow } from '../../src/workflow/index.ts';
import type { WorkflowBench } from './workflow-bench.ts';

/** A workflow with this draft; its id. */
export async function draft(bench: WorkflowBench, definition: JsonValue): Promise<number> {
  const { db, clock, databaseId } = bench;
  return (await createWorkflow(db, clock, { name: 'w', databaseId, reentry: 'each', definition })).id;
}

/** The faults that keep the definition from being published, `path: message`; those of one node in no order. */
export async function faultsOf(bench: WorkflowBench, definition: JsonValue): Promise<string[]> {
  const id = await draft(bench, definition);
  try {
    await publishWorkflow(bench.db, bench.clock, id);
    return [];
  } catch (thrown) {
    assert.ok(thrown instanceof DefinitionError, String(thrown));
    assert.equal(thrown.code, 400);
    const told = thrown.faults.map(({ path, message }) => `${path}: ${message}`);
    assert.equal(thrown.detail, told.join('\n'));
    assert.equal((await getWorkflow(bench.db, id)).publishedVersion, null, 'nothing was published');
    return told;
  }
}
