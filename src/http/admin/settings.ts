import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { changeSettings, findSettings, type Settings } from '../../accounts/index.ts';
import type { HttpDeps } from '../deps.ts';
import { readStoreFacts } from '../sql/read-store-facts.ts';
import { type SettingsObject, settings, settingsPatch } from './account-contract.ts';
import { principalOf } from './auth.ts';
import { noQuery } from './contract.ts';
import { answers } from './routes.ts';

/** What owners set for everybody, beside what the operator has set for this process. */
export function addSettings(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db, clock, config, version } = deps;

  async function toObject(request: FastifyRequest, own: Settings): Promise<SettingsObject> {
    const { role, databaseIds } = principalOf(request);
    const seesEnvironment = role === 'owner' && databaseIds === null;
    const store = await readStoreFacts(db);
    return {
      ...own,
      version,
      node: process.versions.node,
      postgres: store.version,
      embedded: config.databaseUrl === undefined,
      database_bytes: store.bytes,
      environment: seesEnvironment
        ? config.variables.map(({ name, value, isSet, help }) => ({ name, value, is_set: isSet, help }))
        : [],
    };
  }

  app.get(
    '/settings',
    {
      schema: {
        summary: 'What is set for everybody, and what the server runs with',
        querystring: noQuery,
        response: answers(200, settings),
      },
    },
    async (request) => toObject(request, await findSettings(db)),
  );

  app.patch(
    '/settings',
    {
      config: { role: 'owner', everyDatabase: true, action: 'setting.update' },
      schema: {
        summary: 'Change what is set for everybody',
        querystring: noQuery,
        body: settingsPatch,
        response: answers(200, settings),
      },
    },
    async (request) => toObject(request, await changeSettings(db, request.body, clock.now())),
  );
}
