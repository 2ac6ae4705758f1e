import { idBody, resourceAnswer } from '../directory-schemas.ts';
import { dataText } from '../envelope.ts';
import type { ApiMethod } from '../method.ts';
import { readId } from '../read-keys.ts';
import { failure } from '../schemas.ts';
import { findSeenResource } from '../seen-resources.ts';

/** One resource; the domain and address that the platform has are empty. */
export const resourcesGet: ApiMethod = {
  name: 'resources/get',
  rights: ['read', 'import'],
  schema: {
    tags: ['v1.1'],
    summary: 'Get a resource with its channels and databases',
    body: idBody,
    response: { 200: { anyOf: [resourceAnswer, failure] } },
  },
  handle: async ({ deps, token, body }) => {
    const resource = await findSeenResource(deps.db, token, readId(body, 'id', 'resource'));
    const { id, name, channels, databaseIds, categories } = resource;
    return dataText({ channels, dbs_ids: databaseIds, id, name, trk_domain: '', url: '', categories });
  },
};
