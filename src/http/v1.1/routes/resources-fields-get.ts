import { invalidRequest, ownValue } from '../../../base/index.ts';
import { channels } from '../../../profiles/index.ts';
import { fieldList, resourceFieldsBody } from '../directory-schemas.ts';
import { dataText } from '../envelope.ts';
import { describeField, fieldColumns } from '../field-types.ts';
import type { ApiMethod } from '../method.ts';
import { readId } from '../read-keys.ts';
import { failure } from '../schemas.ts';
import { findSeenResource } from '../seen-resources.ts';

/** The fields of the subscriptions of a resource, which are the same in every channel. */
export const resourcesFieldsGet: ApiMethod = {
  name: 'resources/fields_get',
  rights: ['read', 'import'],
  columns: fieldColumns,
  schema: {
    tags: ['v1.1'],
    summary: 'Get the fields of the subscriptions of a resource',
    body: resourceFieldsBody,
    response: { 200: { anyOf: [fieldList, failure] } },
  },
  handle: async ({ deps, token, body }) => {
    const id = readId(body, 'id', 'resource');
    const channel = ownValue(body, 'channel') ?? null;
    if (channel !== null && !channels.some((known) => known === channel)) {
      throw invalidRequest('channel', `expected one of ${channels.join(', ')}`);
    }
    const { fields } = await findSeenResource(deps.db, token, id);
    return dataText(fields.map((field) => describeField('custom', field)));
  },
};
