import { MusterError } from '../../../base/index.ts';
import {
  type ImportedRow,
  type ImportRules,
  importNow,
  importRules,
  toItemResult,
} from '../../../importer/index.ts';
import { beginChange } from '../dedup.ts';
import { dataText, SUCCESS, successText } from '../envelope.ts';
import { authorizeImport, forecastOf, importDeps, isDryRun } from '../import-call.ts';
import type { ApiMethod } from '../method.ts';
import { batchAnswer, failure, importBody, profileAnswer } from '../schemas.ts';

/** What became of an item; what went well says so too, as in the platform's batch methods. */
function toResult(row: ImportedRow): Record<string, unknown> {
  if (!row.ok) return toItemResult(row);
  const { start } = row;
  return { ...SUCCESS, ...toItemResult(row), ...(start === null ? {} : { start }) };
}

function batchText(rows: readonly ImportedRow[]): string {
  return successText({ result: rows.map(toResult) });
}

/**
 * The answer of a method for one profile.
 * @throws {MusterError} with the profile's own error: it is that of the whole, and nothing is done.
 */
function singleText(rows: readonly ImportedRow[]): string {
  const [row] = rows;
  if (row === undefined) return successText();
  if (row.ok) return successText(toResult(row));
  const { code, text, field } = row.fault;
  throw new MusterError(code, { detail: text, ...(field === undefined ? {} : { field }) });
}

/** A method that imports while the caller waits. */
function createMethod(rules: ImportRules, summary: string): ApiMethod {
  const isSingle = rules.items === 'one' || rules.items === 'none';
  return {
    name: rules.method,
    rights: ['import'],
    schema: {
      tags: ['v1.1'],
      summary,
      body: importBody(rules),
      response: { 200: { anyOf: [isSingle ? profileAnswer : batchAnswer, failure] } },
    },
    handle: async (call) => {
      const { deps, token, body } = call;
      const isAudience = isSingle && !('matching' in body) && 'custom_request' in body;
      const print = isSingle && !isAudience ? singleText : batchText;
      const authorize = authorizeImport(call);
      if (isDryRun(call)) {
        const { rows } = await importNow(importDeps(deps), token, body, rules, authorize, async () => {});
        return dataText(forecastOf(rows));
      }
      const keep = await beginChange(call, rules.method);
      const { rows } = await importNow(
        importDeps(deps),
        token,
        body,
        rules,
        authorize,
        async (tx, imported) => {
          const text = print(imported);
          await keep(tx, text);
        },
      );
      return print(rows);
    },
  };
}

/** The methods of CONTRACT.md 4 that import, or send into a workflow, and answer with what came of it. */
export const importNowMethods: readonly ApiMethod[] = [
  createMethod(
    importRules.importAndStartBatch,
    'Import profiles and send them into a workflow; answers with their ids',
  ),
  createMethod(importRules.importAndStart, 'Import one profile and send it into a workflow'),
  createMethod(importRules.start, 'Send profiles that are there into a workflow'),
  createMethod(importRules.import, 'Add or update one profile'),
  createMethod(importRules.update, 'Update one profile that is there'),
  createMethod(importRules.add, 'Add one profile without looking for it'),
  createMethod(importRules.importBatch, 'Add or update profiles'),
  createMethod(importRules.updateBatch, 'Update profiles that are there'),
  createMethod(importRules.addBatch, 'Add profiles without looking for them'),
];
