import { type JsonValue, sameJson } from '../src/base/index.ts';
import type {
  DatabaseBody,
  DatabaseObject,
  FieldBody,
  FieldObject,
  WorkflowBody,
  WorkflowObject,
} from '../src/http/admin/contract.ts';
import type { MusterClient } from './muster-client.ts';
import { loyaltyLevels } from './profiles.ts';
import { type Letter, makeWorkflowDefinition } from './shop-workflow.ts';

const DATABASE: DatabaseBody = {
  name: 'Demo shop',
  unknown_fields: 'reject',
  phone_country: 'RU',
  sex_numbers: '1/2',
};
const WORKFLOW_NAME = 'Demo: welcome';
/** A second row of one customer in a batch, or a batch that comes too early, starts nobody who is inside. */
const REENTRY = 'not_inside';

/** The field that the demo's batches match by. */
export const MATCH_FIELD = 'CRM_ID';
const FIELDS: readonly FieldBody[] = [
  { name: MATCH_FIELD, type: 'string', match: true },
  { name: 'loyalty', type: 'enum', options: [...loyaltyLevels] },
  { name: 'bonus', type: 'int' },
  { name: 'last_order', type: 'datetime' },
  { name: 'interests', type: 'tags' },
  { name: 'coupon', type: 'string' },
  { name: 'welcomed_by', type: 'string' },
];

export interface Shop {
  readonly databaseId: number;
  readonly databaseName: string;
  readonly workflowId: number;
  readonly workflowName: string;
  readonly letter: Letter;
  /** Whether the database was there already, from an earlier demo. */
  readonly isKnown: boolean;
  /** How many batches the database has taken before. */
  readonly batchesBefore: number;
}

async function ensureDatabase(client: MusterClient): Promise<{ id: number; isKnown: boolean }> {
  const { data } = await client.admin<{ data: DatabaseObject[] }>('GET', '/databases');
  const found = data.find((database) => database.name === DATABASE.name);
  const { id } = found ?? (await client.admin<DatabaseObject>('POST', '/databases', DATABASE));
  return { id, isKnown: found !== undefined };
}

async function ensureFields(client: MusterClient, databaseId: number): Promise<void> {
  const path = `/databases/${databaseId}/fields`;
  const { data } = await client.admin<{ data: FieldObject[] }>('GET', path);
  const known = new Set(data.map((field) => field.name));
  for (const field of FIELDS) {
    if (!known.has(field.name)) await client.admin<FieldObject>('POST', path, field);
  }
}

async function findWorkflow(client: MusterClient, databaseId: number): Promise<WorkflowObject | undefined> {
  interface Page {
    data: WorkflowObject[];
    next_from_id: number | null;
  }
  for (let from: number | null = 1; from !== null; ) {
    const path = `/workflows?database_id=${databaseId}&from_id=${from}&limit=1000`;
    const page: Page = await client.admin<Page>('GET', path);
    const found = page.data.find((workflow) => workflow.name === WORKFLOW_NAME);
    if (found !== undefined) return found;
    from = page.next_from_id;
  }
  return undefined;
}

/** Finds an object by its name, or makes it; what has changed, such as a port, is written again. */
async function ensureNamed(
  client: MusterClient,
  path: string,
  body: { readonly name: string },
): Promise<number> {
  interface Named {
    id: number;
    name: string;
  }
  const { data } = await client.admin<{ data: Named[] }>('GET', path);
  const found = data.find(({ name }) => name === body.name);
  if (found === undefined) return (await client.admin<Named>('POST', path, body)).id;
  const changes = Object.fromEntries(
    Object.entries(body).filter(([key]) => key !== 'name' && key !== 'channel' && key !== 'database_id'),
  );
  await client.admin<Named>('PATCH', `${path}/${found.id}`, changes);
  return found.id;
}

const LETTER_HTML = `<h1>Welcome{if lead._fname}, {lead._fname}{end}!</h1>
<p>Your coupon: <b>{lead.coupon}</b>{if lead.bonus gt 0}, and {lead.bonus | number 0} points are waiting for you{end}.</p>
<p><a href="https://shop.example/?coupon={lead.coupon}">To the shop</a> · <a href="{unsubscribe}">Unsubscribe</a></p>`;

/** The sender that leads to the demo's own mail catcher, the resource and the letter. */
async function ensureLetter(client: MusterClient, databaseId: number, mailPort: number): Promise<Letter> {
  const senderId = await ensureNamed(client, '/senders', {
    ...{ name: 'Demo post', channel: 'email', host: '127.0.0.1', port: mailPort, secure: 'none' },
    ...{ from: 'Demo shop <shop@example.com>', pool: 10, messages_per_connection: 1_000 },
  });
  const resourceId = await ensureNamed(client, '/resources', {
    ...{ name: 'Demo letters', databases: [databaseId], channels: ['email'], senders: { email: senderId } },
  });
  const templateId = await ensureNamed(client, '/templates', {
    ...{ name: 'Demo: coupon', channel: 'email', database_id: databaseId },
    ...{ subject: 'Your coupon{if lead._fname}, {lead._fname}{end}', html: LETTER_HTML },
  });
  return { resourceId, templateId };
}

/** Publishes a new version only when something differs, such as the port of the shop's endpoint. */
async function ensureWorkflow(
  client: MusterClient,
  databaseId: number,
  sinkUrl: string,
  letter: Letter,
): Promise<number> {
  const definition = makeWorkflowDefinition(sinkUrl, letter);
  const body: WorkflowBody = { name: WORKFLOW_NAME, database_id: databaseId, reentry: REENTRY, definition };
  const found = await findWorkflow(client, databaseId);
  const stored = found ?? (await client.admin<WorkflowObject>('POST', '/workflows', body));
  const path = `/workflows/${stored.id}`;
  const isSame = sameJson(toJson(stored.definition), definition) && stored.reentry === REENTRY;
  if (!isSame) await client.admin<WorkflowObject>('PATCH', path, { definition, reentry: REENTRY });
  if (!isSame || stored.published_version === null) {
    await client.admin<WorkflowObject>('POST', `${path}/publish`);
  }
  if (!stored.active) await client.admin<WorkflowObject>('POST', `${path}/activate`);
  return stored.id;
}

function toJson(value: unknown): JsonValue {
  const json: JsonValue = JSON.parse(JSON.stringify(value));
  return json;
}

async function countBatches(client: MusterClient, databaseId: number): Promise<number> {
  interface Page {
    data: unknown[];
  }
  return (await client.admin<Page>('GET', `/tasks?database_id=${databaseId}&limit=1000`)).data.length;
}

/** Looks up the demo's database, fields, sender, letter and workflow by name and makes what is missing. */
export async function prepareShop(client: MusterClient, sinkUrl: string, mailPort: number): Promise<Shop> {
  const { id: databaseId, isKnown } = await ensureDatabase(client);
  await ensureFields(client, databaseId);
  const letter = await ensureLetter(client, databaseId, mailPort);
  const workflowId = await ensureWorkflow(client, databaseId, sinkUrl, letter);
  const batchesBefore = isKnown ? await countBatches(client, databaseId) : 0;
  return {
    databaseId,
    databaseName: DATABASE.name,
    workflowId,
    workflowName: WORKFLOW_NAME,
    letter,
    isKnown,
    batchesBefore,
  };
}
