import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import {
  createDatabase,
  createField,
  type Database,
  type Field,
  type FieldBuild,
  findDatabase,
  listBuilds,
  listDatabases,
  listFields,
  paceOf,
  updateDatabase,
  updateField,
} from '../../profiles/index.ts';
import type { HttpDeps } from '../deps.ts';
import { requireEveryDatabase, sees } from './auth.ts';
import {
  type BuildObject,
  build,
  type DatabaseObject,
  type DatabasePatch,
  database,
  databaseBody,
  databasePatch,
  type FieldObject,
  field,
  fieldBody,
  fieldParams,
  fieldPatch,
  idParams,
  noQuery,
} from './contract.ts';
import { answers, noSuch } from './routes.ts';

function toObject(stored: Database): DatabaseObject {
  return {
    id: stored.id,
    name: stored.name,
    unknown_fields: stored.unknownFields,
    phone_country: stored.phoneCountry,
    sex_numbers: stored.sexNumbers,
    unique_email: stored.uniqueEmail,
    created_at: stored.createdAt.toISOString(),
  };
}

function toProgress(stored: FieldBuild, now: Date) {
  const { rowsPerSecond, secondsLeft } = paceOf(stored, now);
  return {
    ...{
      what: stored.what,
      state: stored.state,
      done: stored.done,
      total: stored.total,
      fault: stored.fault,
    },
    ...{ rows_per_second: rowsPerSecond, seconds_left: secondsLeft },
  };
}

function toBuildObject(stored: FieldBuild, now: Date): BuildObject {
  return {
    ...{ id: stored.id, field: stored.field, ...toProgress(stored, now) },
    declared_at: stored.declaredAt.toISOString(),
    started_at: stored.startedAt?.toISOString() ?? null,
    finished_at: stored.finishedAt?.toISOString() ?? null,
  };
}

/** @param builds those of the database as they are listed. */
function toFieldObject(stored: Field, builds: readonly FieldBuild[], now: Date): FieldObject {
  const last = builds.find(({ fieldId }) => fieldId === stored.id);
  return {
    id: stored.id,
    name: stored.name,
    type: stored.type,
    options: stored.options === null ? null : [...stored.options],
    match: stored.match,
    indexed: (stored.match || stored.unique) && stored.indexed,
    unique: stored.unique,
    required: stored.required,
    build: last === undefined ? null : toProgress(last, now),
    created_at: stored.createdAt.toISOString(),
  };
}

/** The keys of a body as the room below names them; what is absent stays absent. */
function toChange(body: DatabasePatch) {
  return {
    ...(body.name === undefined ? {} : { name: body.name }),
    ...(body.unknown_fields === undefined ? {} : { unknownFields: body.unknown_fields }),
    ...(body.phone_country === undefined ? {} : { phoneCountry: body.phone_country }),
    ...(body.sex_numbers === undefined ? {} : { sexNumbers: body.sex_numbers }),
    ...(body.unique_email === undefined ? {} : { uniqueEmail: body.unique_email }),
  };
}

/** @throws {MusterError} 404 also for a database that the token may not see. */
async function findSeen(deps: HttpDeps, request: FastifyRequest, id: number): Promise<Database> {
  const stored = sees(request, id) ? await findDatabase(deps.db, id) : undefined;
  if (stored === undefined) throw noSuch('database', id);
  return stored;
}

function addObjects(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db, clock } = deps;

  app.get(
    '/databases',
    {
      schema: {
        summary: 'List databases',
        querystring: noQuery,
        response: answers(200, Type.Object({ data: Type.Array(database), total: Type.Integer() })),
      },
    },
    async (request) => {
      const seen = (await listDatabases(db)).filter((stored) => sees(request, stored.id));
      return { data: seen.map(toObject), total: seen.length };
    },
  );

  app.post(
    '/databases',
    {
      schema: {
        summary: 'Make a database',
        querystring: noQuery,
        body: databaseBody,
        response: answers(201, database),
      },
    },
    async (request, reply) => {
      requireEveryDatabase(request, 'make one');
      const created = await createDatabase(db, clock, { ...toChange(request.body), name: request.body.name });
      return reply.code(201).send(toObject(created));
    },
  );

  app.get(
    '/databases/:id',
    {
      schema: {
        summary: 'Get a database',
        params: idParams,
        querystring: noQuery,
        response: answers(200, database),
      },
    },
    async (request) => toObject(await findSeen(deps, request, request.params.id)),
  );

  app.patch(
    '/databases/:id',
    {
      schema: {
        summary: 'Change a database; what is absent stays as it is',
        params: idParams,
        querystring: noQuery,
        body: databasePatch,
        response: answers(200, database),
      },
    },
    async (request) => {
      const { id } = await findSeen(deps, request, request.params.id);
      return toObject(await updateDatabase(db, clock, id, toChange(request.body)));
    },
  );
}

function addFields(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db, clock } = deps;

  app.get(
    '/databases/:id/fields',
    {
      schema: {
        summary: 'List the custom fields of a database, and the standard ones of which something is declared',
        params: idParams,
        querystring: noQuery,
        response: answers(200, Type.Object({ data: Type.Array(field), total: Type.Integer() })),
      },
    },
    async (request) => {
      const { id } = await findSeen(deps, request, request.params.id);
      const fields = await listFields(db, id);
      const builds = await listBuilds(db, id);
      return { data: fields.map((one) => toFieldObject(one, builds, clock.now())), total: fields.length };
    },
  );

  app.post(
    '/databases/:id/fields',
    {
      schema: {
        summary: 'Add a custom field to a database, or declare something of a standard one',
        params: idParams,
        querystring: noQuery,
        body: fieldBody,
        response: answers(201, field),
      },
    },
    async (request, reply) => {
      const { id } = await findSeen(deps, request, request.params.id);
      const created = await createField(db, clock, id, request.body);
      return reply.code(201).send(toFieldObject(created, await listBuilds(db, id), clock.now()));
    },
  );

  app.patch(
    '/databases/:id/fields/:field_id',
    {
      schema: {
        summary: 'Change what is declared of a field; its index is built in the background',
        params: fieldParams,
        querystring: noQuery,
        body: fieldPatch,
        response: answers(200, field),
      },
    },
    async (request) => {
      const { id } = await findSeen(deps, request, request.params.id);
      const changed = await updateField(db, clock, id, request.params.field_id, request.body);
      if (changed === undefined) throw noSuch('field', request.params.field_id);
      return toFieldObject(changed, await listBuilds(db, id), clock.now());
    },
  );

  app.get(
    '/databases/:id/builds',
    {
      schema: {
        summary: 'List the work on indexes of fields, what is under way first, then the newest',
        params: idParams,
        querystring: noQuery,
        response: answers(200, Type.Object({ data: Type.Array(build), total: Type.Integer() })),
      },
    },
    async (request) => {
      const { id } = await findSeen(deps, request, request.params.id);
      const builds = await listBuilds(db, id);
      return { data: builds.map((one) => toBuildObject(one, clock.now())), total: builds.length };
    },
  );
}

/** Databases and their custom fields. */
export function addDatabases(app: FastifyInstance, deps: HttpDeps): void {
  addObjects(app, deps);
  addFields(app, deps);
}
