import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import type { HttpDeps } from './deps.ts';

const DESCRIPTION = `\`/api/v1.1\` speaks the dialect of an existing platform: POST with JSON or XML, HTTP status 200 also for
failures, the integer \`error\` says which. \`/api/admin\` is REST with problem+json. Both know the same tokens; people log in with
\`POST /api/admin/session\` and send \`x-csrf-token\` with what they change.`;

/** Collects the routes that are added after it. */
export function addOpenApi(app: FastifyInstance, deps: HttpDeps): void {
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Muster',
        description: DESCRIPTION,
        version: deps.version,
        license: { name: 'Apache-2.0' },
      },
      ...(deps.config.publicUrl === undefined ? {} : { servers: [{ url: deps.config.publicUrl }] }),
      tags: [
        { name: 'v1.1', description: 'Import profiles, start workflows, ask how far it has come' },
        { name: 'imports', description: 'Import from a stream of any length' },
        { name: 'events', description: 'What has happened, to be pulled; events of your own' },
        {
          name: 'admin',
          description:
            'Databases, resources, segments, suppression lists, workflows, hooks, tokens, users, tasks, profiles',
        },
      ],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer' },
          query: { type: 'apiKey', in: 'query', name: 'token' },
          session: { type: 'apiKey', in: 'cookie', name: 'muster_session' },
        },
      },
      security: [{ bearer: [] }, { query: [] }],
    },
  });
}

export function addOpenApiRoute(app: FastifyInstance): void {
  app.get('/api/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}
