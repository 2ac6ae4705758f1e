import { invalidRequest, ownValue } from '../../../base/index.ts';
import { createSuppressionList } from '../../../suppression/index.ts';
import { answerOnce } from '../answer-once.ts';
import { suppressionListAnswer, suppressionListBody } from '../directory-schemas.ts';
import { dataText } from '../envelope.ts';
import type { ApiMethod } from '../method.ts';
import { failure } from '../schemas.ts';

const name = 'suppresses/add';

/** Makes a suppression list, which counts for the databases of the token. */
export const suppressesAdd: ApiMethod = {
  name,
  rights: ['import'],
  schema: {
    tags: ['v1.1'],
    summary: 'Make a suppression list, which counts for the databases of the token',
    body: suppressionListBody,
    response: { 200: { anyOf: [suppressionListAnswer, failure] } },
  },
  handle: async (call) => {
    const { deps, token, body } = call;
    const listName = ownValue(body, 'name');
    if (typeof listName !== 'string') throw invalidRequest('name', 'expected the name of the list, a string');
    return answerOnce(call, name, async (tx) => {
      const settings = { name: listName, databaseIds: token.databaseIds };
      return dataText({ saved_id: (await createSuppressionList(tx, deps.clock, settings)).id });
    });
  },
};
