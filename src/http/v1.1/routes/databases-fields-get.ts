import { MusterError } from '../../../base/index.ts';
import { findShape, isStandardField, listFields } from '../../../profiles/index.ts';
import { requireRight } from '../auth.ts';
import { fieldList, idBody } from '../directory-schemas.ts';
import { dataText } from '../envelope.ts';
import { describeField, fieldColumns } from '../field-types.ts';
import type { ApiMethod } from '../method.ts';
import { readId } from '../read-keys.ts';
import { failure } from '../schemas.ts';

const rights = ['read', 'import'] as const;

/** The fields of the profiles of a database, its own before those that every database has. */
export const databasesFieldsGet: ApiMethod = {
  name: 'databases/fields_get',
  rights,
  columns: fieldColumns,
  schema: {
    tags: ['v1.1'],
    summary: 'Get the fields of a database, its own first',
    body: idBody,
    response: { 200: { anyOf: [fieldList, failure] } },
  },
  handle: async ({ deps, token, body }) => {
    const id = readId(body, 'id', 'database');
    requireRight(token, rights, id);
    const shape = await findShape(deps.db, id);
    if (shape === undefined) {
      throw new MusterError(404, { field: 'id', detail: `id: there is no database ${id}` });
    }
    const custom = (await listFields(deps.db, id)).filter(({ name }) => !isStandardField(name));
    const names = new Set(custom.map(({ name }) => name));
    const system = [...shape.fields.values()]
      .filter(({ name }) => !names.has(name))
      .map(({ kind, ...field }) => ({ ...field, match: kind !== null }));
    return dataText([
      ...custom.map((field) => describeField('custom', field)),
      ...system.map((field) => describeField('system', field)),
    ]);
  },
};
