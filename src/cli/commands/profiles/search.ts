import { isObjectId, type JsonObject, ownValue } from '../../../base/index.ts';
import { CliError, exitCodes } from '../../cli-error.ts';
import { type Command, serverOptions } from '../../command.ts';
import type { Options } from '../../options.ts';
import { printDocument } from '../../print/print-document.ts';
import { printTable } from '../../print/print-table.ts';
import { openClient } from '../../remote/open-client.ts';
import { cellOf, objectIn, objectsIn, textIn } from '../../remote/read-answer.ts';
import { readProfiles } from '../../remote/read-profiles.ts';
import type { ServerClient } from '../../remote/server-client.ts';

const options = {
  text: { type: 'positional', description: 'an e-mail address, a phone number or an id', required: false },
  field: { type: 'string', description: 'the match field that has the text; else as it looks' },
  filter: { type: 'string', description: 'what they must meet, in place of the text', valueHint: 'json' },
  database: { type: 'string', description: 'of which database', default: '1', valueHint: 'id' },
  limit: { type: 'string', description: 'how many at most', default: '20', valueHint: 'count' },
  ...serverOptions,
} as const;

const columns = ['ID', 'EMAIL', 'PHONES', 'FIRST NAME', 'LAST NAME', 'CHANGED'].map((title) => ({ title }));

function toRow(profile: JsonObject): string[] {
  const fields = objectIn(profile, 'fields');
  const phones = ownValue(fields, 'phones');
  return [
    textIn(profile, 'id'),
    cellOf(ownValue(fields, 'email')),
    Array.isArray(phones) ? phones.map(cellOf).join(' ') : cellOf(phones),
    ...['_fname', '_lname'].map((name) => cellOf(ownValue(fields, name))),
    textIn(profile, 'updated_at').slice(0, 19).replace('T', ' '),
  ];
}

function fieldOf(text: string): string {
  if (isObjectId(text)) return 'id';
  return text.includes('@') ? 'email' : 'phones';
}

async function search(client: ServerClient, given: Options): Promise<JsonObject[]> {
  const [text, filter] = [given.text('text'), given.object('filter')];
  const limit = given.requiredCount('limit');
  const databaseId = given.requiredCount('database');
  if ((text === undefined) === (filter === undefined)) {
    throw new CliError('expected either a text to look for or --filter');
  }
  if (text !== undefined) {
    const field = given.text('field') ?? fieldOf(text);
    const query = new URLSearchParams({ database_id: String(databaseId), field, value: text });
    query.set('limit', String(Math.min(limit, 1_000)));
    return objectsIn(await client.admin('GET', `/profiles?${query}`), 'data');
  }
  const found: JsonObject[] = [];
  for await (const page of readProfiles(client, { databaseId, filter, limit })) found.push(...page);
  return found;
}

export const profilesSearch: Command = {
  description: 'Find profiles by a value or a filter',
  options,
  run: async (shell, given) => {
    const profiles = await search(await openClient(shell, given), given);
    if (given.flag('json')) printDocument(shell.terminal, { data: profiles });
    else if (profiles.length === 0) shell.terminal.out('nobody\n');
    else shell.terminal.out(printTable(shell.terminal, columns, profiles.map(toRow)));
    return exitCodes.ok;
  },
};
