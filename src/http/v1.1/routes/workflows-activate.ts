import { type JsonObject, MusterError } from '../../../base/index.ts';
import { withTx } from '../../../db/index.ts';
import { addRunCounts } from '../../../importer/index.ts';
import { clearWorkflow, findStartTarget, setWorkflowActive } from '../../../workflow/index.ts';
import { requireRight } from '../auth.ts';
import { beginChange } from '../dedup.ts';
import { dataText } from '../envelope.ts';

import type { ApiCall, ApiMethod } from '../method.ts';
import { readFlag, readNumber } from '../read-keys.ts';
import { activateBody, deactivateBody, failure, nullAnswer } from '../schemas.ts';

const REASON = 'the workflow was cleared of its profiles';

async function readWorkflow({ deps, token }: ApiCall, body: JsonObject): Promise<number> {
  const id = readNumber(body, 'id');
  const target = await findStartTarget(deps.db, id);
  if (target === undefined)
    throw new MusterError(404, { field: 'id', detail: `id: there is no workflow ${id}` });
  requireRight(token, ['admin'], target.databaseId);
  return id;
}

/**
 * Switches a workflow. A repeat is known by its Request-ID alone: on, off and on again are three requests, and the third
 * has the body of the first.
 */
async function switchWorkflow(name: string, call: ApiCall, active: boolean): Promise<string> {
  const { deps, body, request } = call;
  const id = await readWorkflow(call, body);
  const skipProfiles = active && readFlag(body, 'skip_profiles');
  const isNamed = request.headers['request-id'] !== undefined;
  const keep = isNamed ? await beginChange(call, name) : async () => {};
  if (skipProfiles) {
    await clearWorkflow(deps.db, id, { reason: REASON, now: deps.clock.now(), addRunCounts });
  }
  const answer = dataText(null);
  await withTx(deps.db, async (tx) => {
    await setWorkflowActive(tx, deps.clock, id, active);
    await keep(tx, answer);
  });
  return answer;
}

function createMethod(
  name: string,
  active: boolean,
  schema: { summary: string; body: typeof activateBody | typeof deactivateBody },
): ApiMethod {
  return {
    name,
    rights: ['admin'],
    schema: { tags: ['v1.1'], ...schema, response: { 200: { anyOf: [nullAnswer, failure] } } },
    handle: (call) => switchWorkflow(name, call, active),
  };
}

export const workflowsActivate: ApiMethod = createMethod('workflows/activate', true, {
  summary: 'Let a workflow take profiles, cleared of those inside where asked for',
  body: activateBody,
});

export const workflowsDeactivate: ApiMethod = createMethod('workflows/deactivate', false, {
  summary: 'Let a workflow take no more profiles; runs inside go on',
  body: deactivateBody,
});
