import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { invalidRequest } from '../../base/index.ts';
import { type BudgetState, listBudgets, removeBudget, setBudget } from '../../budgets/index.ts';
import type { Db } from '../../db/index.ts';
import { getHook, hookKey } from '../../hooks/index.ts';
import { hostKey } from '../../workflow/index.ts';
import type { HttpDeps } from '../deps.ts';
import { readUnderWay, underWayOf } from '../under-way.ts';
import { requireEveryDatabase } from './auth.ts';
import {
  type BudgetObject,
  budget,
  budgetBody,
  budgetKeyQuery,
  budgetList,
  budgetQuery,
} from './budget-contract.ts';
import { noQuery } from './contract.ts';
import { answers, noSuch } from './routes.ts';

const HOST_PREFIX = hostKey('');
const HOOK_PREFIX = hookKey('');

function toObject(state: BudgetState, underWay: ReadonlyMap<string, number>): BudgetObject {
  const { key, limits } = state;
  return {
    key,
    concurrency: limits.concurrency,
    per_second: limits.perSecond,
    under_way: underWayOf(key, underWay),
    breaker: state.breaker,
    failures: state.failures,
    reason: state.reason,
    opened_at: state.openedAt?.toISOString() ?? null,
    retry_at: state.retryAt?.toISOString() ?? null,
  };
}

/**
 * As calls have it: lower case, without the usual port.
 * @throws {MusterError} 400 when it is not that, since such a budget would be nobody's.
 */
function requireHostKey(key: string): void {
  const url = key.slice(HOST_PREFIX.length);
  const origin = URL.canParse(url) ? new URL(url).origin : undefined;
  if (origin === url) return;
  const example = origin === undefined ? 'host https://api.example' : hostKey(origin);
  throw invalidRequest('key', `expected scheme, host and port as calls have them, such as ${example}`);
}

/** @throws {MusterError} 400 for a host that no call has, 404 for a hook that is not there. */
async function requirePlace(db: Db, key: string): Promise<void> {
  if (key.startsWith(HOOK_PREFIX)) await getHook(db, Number(key.slice(HOOK_PREFIX.length)));
  else requireHostKey(key);
}

/** Limits and breakers of what is reached outside. Those of senders are set with these. */
export function addBudgets(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db, clock } = deps;

  async function list(prefix: string | undefined): Promise<BudgetObject[]> {
    const now = clock.now();
    const underWay = await readUnderWay(db, now);
    return (await listBudgets(db, now, prefix)).map((state) => toObject(state, underWay));
  }

  app.get(
    '/budgets',
    {
      schema: {
        summary: 'List budgets, each with its breaker',
        querystring: budgetQuery,
        response: answers(200, budgetList),
      },
    },
    async (request) => {
      requireEveryDatabase(request, 'see budgets');
      return { data: await list(request.query.prefix) };
    },
  );

  app.put(
    '/budgets',
    {
      schema: {
        summary: 'Set the limits of an API host or a hook; those that are null or absent are the defaults',
        querystring: noQuery,
        body: budgetBody,
        response: answers(200, budget),
      },
    },
    async (request) => {
      requireEveryDatabase(request, 'set budgets');
      const { key, concurrency = null, per_second: perSecond = null } = request.body;
      await requirePlace(db, key);
      await setBudget(db, key, { concurrency, perSecond }, clock.now());
      const found = (await list(key)).find((one) => one.key === key);
      if (found === undefined) throw noSuch('budget', key);
      return found;
    },
  );

  app.delete(
    '/budgets',
    {
      schema: {
        summary: 'Give an API host or a hook its default limits, and close its breaker',
        querystring: budgetKeyQuery,
        response: answers(204, Type.Null()),
      },
    },
    async (request, reply) => {
      requireEveryDatabase(request, 'set budgets');
      const { key } = request.query;
      if (!(await removeBudget(db, key))) throw noSuch('budget', key);
      return reply.code(204).send(null);
    },
  );
}
