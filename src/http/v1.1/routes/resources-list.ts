import { listBody, resourceList } from '../directory-schemas.ts';
import { listText } from '../envelope.ts';
import type { ApiMethod } from '../method.ts';
import { pageOf } from '../read-keys.ts';
import { failure } from '../schemas.ts';
import { listSeenResources } from '../seen-resources.ts';

/** The resources that a database of the token is tied to. */
export const resourcesList: ApiMethod = {
  name: 'resources/list',
  rights: ['read', 'import'],
  columns: ['id', 'name', 'groups'],
  schema: {
    tags: ['v1.1'],
    summary: 'List the resources of the databases that the token may use',
    body: listBody,
    response: { 200: { anyOf: [resourceList, failure] } },
  },
  handle: async ({ deps, token, body }) => {
    const seen = await listSeenResources(deps.db, token);
    return listText(
      pageOf(
        body,
        seen.map(({ id, name }) => ({ id, name, groups: [{ id: 0, name: 'main' }] })),
      ),
    );
  },
};
