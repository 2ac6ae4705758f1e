import type { Clock } from '../base/index.ts';
import { type Db, withTx } from '../db/index.ts';
import { seedTemplate } from '../messages/index.ts';
import { createDatabase, createResource, listDatabases, lockDatabases } from '../profiles/index.ts';
import { publishWorkflow } from './publish-workflow.ts';
import { createWorkflow, setWorkflowActive } from './workflows.ts';

const WELCOME = {
  nodes: [
    { id: 'start', type: 'start', name: 'Default', next: 'end' },
    { id: 'end', type: 'end', reason: 'welcomed' },
  ],
};

/**
 * What an empty database gets, so that a first request works as soon as the server is up: database 1, resource 1,
 * template 1 and the active workflow 1 (CONTRACT.md 8). The ids are 1 because nothing was there before.
 */
export async function seedFirstStart(db: Db, clock: Clock): Promise<void> {
  if ((await listDatabases(db)).length > 0) return;
  await withTx(db, async (tx) => {
    // Of two processes that start at the same moment the second waits here, and then finds what the first has made.
    await lockDatabases(tx);
    if ((await listDatabases(tx)).length > 0) return;
    const database = await createDatabase(tx, clock, { name: 'Customers' });
    await createResource(tx, clock, {
      name: 'Main',
      channels: ['email', 'sms'],
      databaseIds: [database.id],
    });
    await seedTemplate(tx, clock);
    const workflow = await createWorkflow(tx, clock, {
      name: 'Welcome',
      databaseId: database.id,
      reentry: 'not_inside',
      definition: WELCOME,
    });
    await publishWorkflow(tx, clock, workflow.id);
    await setWorkflowActive(tx, clock, workflow.id, true);
  });
}
