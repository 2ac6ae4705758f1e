import { isJsonObject, type JsonObject, ownValue, tryParseJson } from '../../base/index.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import { type Command, serverOptions } from '../command.ts';
import { printDocument } from '../print/print-document.ts';
import { printTable } from '../print/print-table.ts';
import { openClient } from '../remote/open-client.ts';
import { cellOf, numberIn, objectsIn } from '../remote/read-answer.ts';
import type { Shell } from '../shell.ts';

const options = {
  filter: { type: 'positional', description: 'as JSON, docs/query-language.md' },
  database: { type: 'string', description: 'whose profiles', default: '1', valueHint: 'id' },
  ...serverOptions,
} as const;

const columns = [{ title: 'FIELD' }, { title: 'TYPE' }, { title: 'INDEX' }];

function describeAccess(found: JsonObject): string {
  const indexes = ownValue(found, 'indexes');
  const names = Array.isArray(indexes) ? indexes.map(cellOf) : [];
  const total = numberIn(found, 'total');
  if (names.length === 0) {
    return `a full scan: all ${total} profiles are read; ask a match field to narrow it`;
  }
  return `by the index of ${names.join(', ')}: ${cellOf(ownValue(found, 'candidates'))} of ${total} profiles are judged`;
}

function print({ terminal }: Shell, found: JsonObject): void {
  const fields = objectsIn(found, 'fields').map((field) => [
    cellOf(ownValue(field, 'name')),
    cellOf(ownValue(field, 'type')),
    ownValue(field, 'indexed') === true ? 'yes' : 'no',
  ]);
  if (fields.length > 0) terminal.out(`${printTable(terminal, columns, fields)}\n`);
  const about = ownValue(found, 'exact') === true ? '' : 'about ';
  terminal.out(`Found    ${describeAccess(found)}\n`);
  terminal.out(`Count    ${about}${numberIn(found, 'count')}\n`);
  terminal.out(`Time     about ${numberIn(found, 'seconds')} s\n`);
  const plan = ownValue(found, 'plan');
  const steps = Array.isArray(plan) ? plan.map(cellOf) : [];
  for (const [index, step] of steps.entries())
    terminal.out(`${index === 0 ? 'Plan ' : '     '}    ${step}\n`);
}

export const explain: Command = {
  description: 'Say how a filter finds its profiles: fields, index or full scan, how many, how long',
  options,
  run: async (shell, given) => {
    const filter = tryParseJson(given.required('filter'));
    if (!isJsonObject(filter)) {
      throw new CliError(`FILTER: expected a JSON object, such as '{"_city":"Moscow"}'`);
    }
    const client = await openClient(shell, given);
    const path = `/databases/${given.requiredCount('database')}/explain`;
    const found = await client.admin('POST', path, { filter });
    if (given.flag('json')) printDocument(shell.terminal, found);
    else print(shell, found);
    return exitCodes.ok;
  },
};
