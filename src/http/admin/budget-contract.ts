import { type Static, Type } from 'typebox';
import { closed, count, nullable, query, time } from './contract.ts';

/** Budgets in /api/admin. */

const placeKey = Type.String({
  maxLength: 300,
  pattern: '^(host https?://|hook [1-9][0-9]{0,8}$)',
  description:
    'the word host, a blank, and scheme, host and port of the URLs: host https://api.example; or hook and its id: hook 5',
});

export const budgetQuery = closed({
  ...query,
  prefix: Type.Optional(Type.String({ maxLength: 300, description: 'what keys begin with' })),
});
export const budgetKeyQuery = closed({ ...query, key: placeKey });
export const budgetBody = closed({
  key: placeKey,
  concurrency: Type.Optional(
    nullable(
      Type.Integer({ minimum: 1, maximum: 10_000, description: 'calls or deliveries under way at once' }),
    ),
  ),
  per_second: Type.Optional(
    nullable(
      Type.Number({ minimum: 0.001, maximum: 100_000, description: 'calls or deliveries begun in a second' }),
    ),
  ),
});
export const budget = Type.Object({
  key: Type.String({ description: 'host and its origin, sender or hook and its id' }),
  concurrency: nullable(Type.Integer({ description: 'null = the default of the kind' })),
  per_second: nullable(Type.Number()),
  under_way: nullable(Type.Integer({ description: 'null = not counted for keys of this kind' })),
  breaker: Type.Enum(['closed', 'open', 'half_open']),
  failures: count,
  reason: nullable(Type.String({ description: 'why it was unreachable' })),
  opened_at: nullable(time),
  retry_at: nullable(time),
});
export const budgetList = Type.Object({ data: Type.Array(budget) });
export type BudgetObject = Static<typeof budget>;
