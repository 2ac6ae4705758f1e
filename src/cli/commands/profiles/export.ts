import { type JsonObject, ownValue } from '../../../base/index.ts';
import { exitCodes } from '../../cli-error.ts';
import { type Command, serverOptions } from '../../command.ts';
import type { Options } from '../../options.ts';
import { pourOutput } from '../../print/pour-output.ts';
import { printCsv } from '../../print/print-csv.ts';
import { openClient } from '../../remote/open-client.ts';
import { cellOf, objectIn, objectsIn, textIn } from '../../remote/read-answer.ts';
import { readProfiles } from '../../remote/read-profiles.ts';
import type { ServerClient } from '../../remote/server-client.ts';

const PATIENCE_MS = 300_000;
const usual = ['id', 'email', 'phones', '_fname', '_lname', 'created_at', 'updated_at'];

const options = {
  database: { type: 'string', description: 'of which database', default: '1', valueHint: 'id' },
  filter: { type: 'string', description: 'what they must meet; else all', valueHint: 'json' },
  limit: { type: 'string', description: 'how many at most; else all', valueHint: 'count' },
  csv: { type: 'boolean', description: 'CSV instead of NDJSON' },
  columns: {
    type: 'string',
    description: `of CSV: ids, times and fields; else ${usual.join(', ')} and the fields of the database`,
    valueHint: 'name,name',
  },
  out: { type: 'string', description: 'write to a file instead of standard output', valueHint: 'path' },
  ...serverOptions,
} as const;

async function chooseColumns(client: ServerClient, given: Options, databaseId: number): Promise<string[]> {
  const named = given.list('columns');
  if (named.length > 0) return named;
  const fields = await client.admin('GET', `/databases/${databaseId}/fields`);
  return [...new Set([...usual, ...objectsIn(fields, 'data').map((field) => textIn(field, 'name'))])];
}

function cellIn(profile: JsonObject, column: string): string {
  const value = ownValue(profile, column) ?? ownValue(objectIn(profile, 'fields'), column);
  const isPlainList = Array.isArray(value) && value.every((one) => typeof one === 'string');
  return isPlainList ? value.join(',') : cellOf(value);
}

async function* print(
  pages: AsyncIterable<JsonObject[]>,
  columns: readonly string[] | undefined,
): AsyncGenerator<string> {
  if (columns !== undefined) yield printCsv([columns]);
  for await (const profiles of pages) {
    yield columns === undefined
      ? profiles.map((profile) => `${JSON.stringify(profile)}\n`).join('')
      : printCsv(profiles.map((profile) => columns.map((column) => cellIn(profile, column))));
  }
}

export const profilesExport: Command = {
  description: 'Print profiles of a database as NDJSON or CSV, any number of them',
  options,
  run: async (shell, given) => {
    const client = await openClient(shell, given, PATIENCE_MS);
    const databaseId = given.requiredCount('database');
    const query = { databaseId, filter: given.object('filter'), limit: given.count('limit') };
    const columns = given.flag('csv') ? await chooseColumns(client, given, databaseId) : undefined;
    await pourOutput(shell, given.text('out'), print(readProfiles(client, query), columns));
    return exitCodes.ok;
  },
};
