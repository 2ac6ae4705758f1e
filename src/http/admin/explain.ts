import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { MusterError } from '../../base/index.ts';
import { explainFilter, findShape } from '../../profiles/index.ts';
import { parseFilter } from '../../query/index.ts';
import type { HttpDeps } from '../deps.ts';
import { sees } from './auth.ts';
import { closed, count, freeObject, idParams, noQuery, nullable } from './contract.ts';
import { answers, noSuch } from './routes.ts';

const explainBody = closed({ filter: freeObject }, 'a filter, docs/query-language.md');

const explanation = Type.Object({
  fields: Type.Array(
    Type.Object({
      name: Type.String(),
      type: Type.String({ description: 'unknown = the database has no such field' }),
      indexed: Type.Boolean({ description: 'whether values and ranges of it may be found by an index' }),
    }),
  ),
  access: Type.Enum(['index', 'scan'], { description: 'scan = all profiles of the database are read' }),
  indexes: Type.Array(Type.String(), { description: 'the fields by whose index profiles are found' }),
  candidates: nullable(
    Type.Integer({ minimum: 0, description: 'profiles that the index leaves to be judged' }),
  ),
  total: count,
  count: Type.Integer({ minimum: 0, description: 'profiles that meet the filter' }),
  exact: Type.Boolean({ description: 'whether they were counted; else reckoned from a sample' }),
  seconds: Type.Number({ description: 'what finding them all takes' }),
  plan: Type.Array(Type.String(), { description: 'what PostgreSQL would do, outer steps first' }),
});
type ExplanationObject = Static<typeof explanation>;

/** What a filter costs, and whom it means by number alone. */
export function addExplain(root: FastifyInstance, { db }: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  app.post(
    '/databases/:id/explain',
    {
      config: { role: 'viewer' },
      schema: {
        summary: 'How a filter finds its profiles: by which index, how many, how long',
        params: idParams,
        querystring: noQuery,
        body: explainBody,
        response: answers(200, explanation),
      },
    },
    async (request): Promise<ExplanationObject> => {
      const { id } = request.params;
      const shape = sees(request, id) ? await findShape(db, id) : undefined;
      if (shape === undefined) throw noSuch('database', id);
      const parsed = parseFilter(request.body.filter);
      if (!parsed.ok) {
        const [fault] = parsed.error;
        const path = ['filter', fault?.path ?? ''].filter((part) => part !== '').join('.');
        throw new MusterError(400, { field: 'filter', detail: `${path}: ${fault?.message}` });
      }
      const { isExact, seconds, ...found } = await explainFilter(db, shape, parsed.value);
      return {
        ...{ ...found, fields: [...found.fields], indexes: [...found.indexes], plan: [...found.plan] },
        ...{ access: found.indexes.length > 0 ? 'index' : 'scan', exact: isExact },
        seconds: Math.round(seconds * 1000) / 1000,
      };
    },
  );
}
