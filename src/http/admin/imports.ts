import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { tokenIdOf } from '../../accounts/index.ts';
import type { JsonValue } from '../../base/index.ts';
import { importNow, rulesForStream } from '../../importer/index.ts';
import type { HttpDeps } from '../deps.ts';
import { forecastOf, importDeps } from '../v1.1/import-call.ts';
import { principalOf, sees } from './auth.ts';
import { noQuery } from './contract.ts';
import { checkBody, checked } from './import-contract.ts';
import { answers, noSuch } from './routes.ts';

/** Imports are made by /api/imports; here they are tried. */
export function addImports(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  app.post(
    '/imports/check',
    {
      config: { action: null },
      schema: {
        summary: 'Say what an import would do to its first rows, and do nothing',
        description: 'The keys are those of /api/imports, with the items in `data`.',
        querystring: noQuery,
        body: checkBody,
        response: answers(200, checked),
      },
    },
    async (request) => {
      const principal = principalOf(request);
      const { data, ...keys } = request.body;
      const items: JsonValue[] = data;
      const body = { ...keys, data: items, dry_run: true };
      const authorize = (databaseId: number): void => {
        if (!sees(request, databaseId)) throw noSuch('database', databaseId);
      };
      const caller = { id: tokenIdOf(principal), databaseIds: principal.databaseIds };
      const { rows } = await importNow(
        importDeps(deps),
        caller,
        body,
        rulesForStream(body),
        authorize,
        // Never called: a dry run accepts nothing.
        async () => {},
      );
      return forecastOf(rows);
    },
  );
}
