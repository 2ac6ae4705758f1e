import { MusterError } from '../../../base/index.ts';
import { findDatabase } from '../../../profiles/index.ts';
import { listSuppressionLists } from '../../../suppression/index.ts';
import { requireRight } from '../auth.ts';
import { databaseAnswer, idBody } from '../directory-schemas.ts';
import { dataText } from '../envelope.ts';
import type { ApiMethod } from '../method.ts';
import { readId } from '../read-keys.ts';
import { failure } from '../schemas.ts';

const rights = ['read', 'import'] as const;

/** One database. An id that the token is not bound to is a 403, whether or not there is such a database. */
export const databasesGet: ApiMethod = {
  name: 'databases/get',
  rights,
  schema: {
    tags: ['v1.1'],
    summary: 'Get a database',
    body: idBody,
    response: { 200: { anyOf: [databaseAnswer, failure] } },
  },
  handle: async ({ deps, token, body }) => {
    const id = readId(body, 'id', 'database');
    requireRight(token, rights, id);
    const database = await findDatabase(deps.db, id);
    if (database === undefined) {
      throw new MusterError(404, { field: 'id', detail: `id: there is no database ${id}` });
    }
    const lists = await listSuppressionLists(deps.db);
    const suppressId = lists.find(({ databaseIds }) => databaseIds?.includes(id))?.id ?? 0;
    return dataText({ id, name: database.name, suppress_id: suppressId, description: '' });
  },
};
