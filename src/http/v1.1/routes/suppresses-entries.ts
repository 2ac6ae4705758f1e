import type { TSchema } from 'typebox';
import type { Token } from '../../../accounts/index.ts';
import { invalidRequest, type JsonObject, MusterError, ownValue } from '../../../base/index.ts';
import type { Db } from '../../../db/index.ts';
import { addEntries, type EntryKind, getSuppressionList, MAX_VALUES } from '../../../suppression/index.ts';
import { normalizeContact } from '../../normalize-contact.ts';
import { answerOnce } from '../answer-once.ts';
import {
  addedAnswer,
  domainBody,
  domainsBody,
  emailBody,
  emailsBody,
  emptyAnswer,
} from '../directory-schemas.ts';
import { successText } from '../envelope.ts';
import type { ApiMethod } from '../method.ts';
import { readId } from '../read-keys.ts';
import { failure } from '../schemas.ts';

/** A list that counts for databases beyond those of the token is as if it were not there. */
async function requireList(tx: Db, token: Token, id: number): Promise<void> {
  const { databaseIds } = await getSuppressionList(tx, id);
  const own = token.databaseIds;
  if (own === null || databaseIds?.every((databaseId) => own.includes(databaseId))) return;
  throw new MusterError(404, { detail: `there is no suppression list ${id}` });
}

function readText(body: JsonObject, key: string): string {
  const value = ownValue(body, key);
  if (typeof value === 'string') return value;
  throw invalidRequest(key, 'expected a string');
}

function readTexts(body: JsonObject, key: string): string[] {
  const value = ownValue(body, key);
  if (!Array.isArray(value) || value.length > MAX_VALUES) {
    throw invalidRequest(key, `expected a list of at most ${MAX_VALUES} strings`);
  }
  return value.map((text, index) => {
    if (typeof text === 'string') return text;
    throw invalidRequest(`${key}[${index}]`, 'expected a string');
  });
}

/** A method that adds one contact, and refuses what is none. */
function addOne(key: 'email' | 'domain', body: TSchema): ApiMethod {
  const name = `suppresses/${key}_add`;
  const summary = `Add one ${key} to a suppression list`;
  return {
    name,
    rights: ['import'],
    schema: { tags: ['v1.1'], summary, body, response: { 200: { anyOf: [emptyAnswer, failure] } } },
    handle: async (call) => {
      const listId = readId(call.body, 'id', 'suppression list');
      const text = readText(call.body, key);
      const entry = { listId, kind: key, values: [text], reason: null };
      return answerOnce(call, name, async (tx) => {
        await requireList(tx, call.token, listId);
        const { invalid } = await addEntries(tx, call.deps.clock, normalizeContact, entry);
        if (invalid.length > 0) throw invalidRequest(key, `“${text.slice(0, 100)}” is none`);
        return successText();
      });
    },
  };
}

/** A method that adds many; what is no contact is counted in the total alone, and listed. */
function addMany(key: 'emails' | 'domains', kind: EntryKind, body: TSchema): ApiMethod {
  const name = `suppresses/${key}_add`;
  const summary = `Add ${key} to a suppression list`;
  return {
    name,
    rights: ['import'],
    schema: { tags: ['v1.1'], summary, body, response: { 200: { anyOf: [addedAnswer, failure] } } },
    handle: async (call) => {
      const listId = readId(call.body, 'id', 'suppression list');
      const values = readTexts(call.body, key);
      return answerOnce(call, name, async (tx) => {
        await requireList(tx, call.token, listId);
        const entries = { listId, kind, values, reason: null };
        const added = await addEntries(tx, call.deps.clock, normalizeContact, entries);
        return successText({
          total_count: added.total,
          total_duplicated: added.duplicated,
          total_imported: added.imported,
          total_updated: 0,
          invalid: added.invalid,
        });
      });
    },
  };
}

/** Methods that add contacts to a suppression list. */
export const suppressesEntries: readonly ApiMethod[] = [
  addOne('email', emailBody),
  addMany('emails', 'email', emailsBody),
  addOne('domain', domainBody),
  addMany('domains', 'domain', domainsBody),
];
