import type { JsonObject } from '../../src/base/index.ts';
import type { BenchClient } from '../environment/client.ts';

/** A database as the batches of the benchmark want it, with a match field. */
export interface BenchDatabase {
  readonly id: number;
  /** Of the identities of `customer_no`. */
  readonly customerKind: number;
}

interface Made {
  readonly id: number;
}

/** As kinds of identities are numbered: see the comment on table identity. */
const MATCH_FIELD_KINDS = 100;

export async function createBenchDatabase(client: BenchClient): Promise<BenchDatabase> {
  const { id } = await client.admin<Made>('POST', '/databases', { name: 'Bench' });
  const fields = `/databases/${id}/fields`;
  const field = { name: 'customer_no', type: 'string', match: true };
  const customerNo = await client.admin<Made>('POST', fields, field);
  await client.admin('POST', fields, { name: 'visits', type: 'int' });
  return { id, customerKind: MATCH_FIELD_KINDS + customerNo.id };
}

/** A published, active workflow of these nodes, which any profile enters as often as it is sent. @returns its id. */
export async function createWorkflow(
  client: BenchClient,
  databaseId: number,
  nodes: readonly JsonObject[],
): Promise<number> {
  const body = { name: 'Bench', database_id: databaseId, reentry: 'each', definition: { nodes } };
  const { id } = await client.admin<Made>('POST', '/workflows', body);
  await client.admin('POST', `/workflows/${id}/publish`);
  await client.admin('POST', `/workflows/${id}/activate`);
  return id;
}

export const START: JsonObject = { id: 'start', type: 'start', name: 'Default', next: 'first' };

/** Runs end at once. */
export const shortest: readonly JsonObject[] = [START, { id: 'first', type: 'end', reason: 'done' }];

/** A few nodes that ask and decide and touch nothing outside. */
export const pureNodes: readonly JsonObject[] = [
  START,
  {
    ...{ id: 'first', type: 'condition', filter: { _city: { $in: ['Казань', 'Нижний Новгород'] } } },
    ...{ yes: 'by_content', no: 'elsewhere' },
  },
  {
    ...{ id: 'by_content', type: 'content_filter', filter: { channel: 'shop' } },
    ...{ yes: 'elsewhere', no: 'by_chance' },
  },
  {
    ...{ id: 'by_chance', type: 'split' },
    branches: [
      { share: 50, next: 'done' },
      { share: 50, next: 'done_too' },
    ],
  },
  { id: 'done', type: 'end', reason: 'done' },
  { id: 'done_too', type: 'end', reason: 'done too' },
  { id: 'elsewhere', type: 'end', reason: 'elsewhere' },
];

/** The same, with a delay that runs may wait in: none gets there by itself, since none has content. */
export const waitingNodes: readonly JsonObject[] = [
  ...pureNodes.filter(({ id }) => id !== 'elsewhere'),
  { id: 'elsewhere', type: 'delay', for: 'P30D', next: 'rest' },
  { id: 'rest', type: 'delay', for: 'P30D', next: 'done' },
];

/** A database, and a workflow of these nodes in it. */
export async function setUp(
  client: BenchClient,
  nodes: readonly JsonObject[],
): Promise<{ database: BenchDatabase; workflowId: number }> {
  const database = await createBenchDatabase(client);
  return { database, workflowId: await createWorkflow(client, database.id, nodes) };
}
