import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { variables } from '../src/config/index.ts';
import {
  castFaults,
  cycleFaults,
  environmentFaults,
  importFaults,
  sizeFaults,
  variableRow,
  variableTableFaults,
  webImportFaults,
} from './support/house-rules.ts';
import { readSourceFacts, type SourceFacts } from './support/source-facts.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

function readAll(pattern: string): Map<string, string> {
  const paths = globSync(pattern, { cwd: root }).map((path) => path.replaceAll('\\', '/'));
  return new Map(paths.sort().map((path) => [path, readFileSync(`${root}/${path}`, 'utf8')]));
}

const all = await readSourceFacts(readAll('{src,test,scripts,demo,bench,web}/**/*.{ts,tsx}'));
const server = all.filter(({ path }) => path.startsWith('src/'));
const web = all.filter(({ path }) => path.startsWith('web/'));

function parse(files: Readonly<Record<string, string>>): Promise<SourceFacts[]> {
  return readSourceFacts(new Map(Object.entries(files)));
}

test('imports go to lower levels, by the doors of the rooms', () => {
  assert.ok(server.length > 50, `only ${server.length} files were found`);
  assert.deepEqual(importFaults(server), []);
});

test('the web UI knows the shapes of the admin API alone', () => {
  assert.ok(web.length > 50, `only ${web.length} files were found`);
  assert.deepEqual(webImportFaults(web), []);
});

test('the check of the web UI finds what is wrong, and nothing else', async () => {
  const from = 'web/src/pages/a.tsx';
  const cases: readonly [line: string, fault: string | undefined][] = [
    ["import type { A } from '../../../src/http/admin/contract.ts';", undefined],
    ["import { a } from '../api/client.ts';\nimport { b } from 'react';", undefined],
    [
      "import { type A, a } from '../../../src/http/admin/task-contract.ts';",
      'imports more than types of src/http/admin/task-contract.ts',
    ],
    [
      "import type { A } from '../../../src/base/index.ts';",
      'imports src/base/index.ts: of the server it knows contracts alone',
    ],
  ];
  for (const [line, fault] of cases) {
    const expected = fault === undefined ? [] : [`${from}: ${fault}`];
    assert.deepEqual(webImportFaults(await parse({ [from]: `${line}\n` })), expected, line);
  }
});

test('no file imports itself around corners', () => {
  assert.deepEqual(cycleFaults([...server, ...web]), []);
});

test('only config and main.ts take the environment', () => {
  assert.deepEqual(environmentFaults(server), []);
});

test('files have at most 400 lines and functions at most 80', () => {
  assert.deepEqual(sizeFaults(all), []);
});

test('nothing is cast', () => {
  assert.deepEqual(castFaults(all), []);
});

test('the operator is told of every variable', { skip: operationsMissing() }, () => {
  assert.deepEqual(
    variableTableFaults('docs/operations.md', readFileSync(`${root}/docs/operations.md`, 'utf8')),
    [],
  );
});

function operationsMissing(): string | false {
  return existsSync(`${root}/docs/operations.md`) ? false : 'docs/operations.md is not written yet';
}

/** Each import beside what it must be answered with; undefined = it is fine. */
const imports: readonly [from: string, line: string, fault: string | undefined][] = [
  ['src/db/tx.ts', "import { a } from '../base/index.ts';", undefined],
  ['src/db/embedded/lock.ts', "import { a } from '../../base/index.ts';", undefined],
  ['src/db/embedded/lock.ts', "import { a } from '../tx.ts';", undefined],
  ['src/db/tx.ts', "import pg from 'pg';", undefined],
  ['src/db/tx.ts', "// import { a } from '../http/index.ts';", undefined],
  ['src/main.ts', "import { a } from './app.ts';", undefined],
  ['src/main.ts', "await import('./importer/index.ts');", undefined],
  [
    'src/base/ids.ts',
    "import { a } from '../db/index.ts';",
    'imports src/db/index.ts: level 0 does not know level 1',
  ],
  [
    'src/http/server.ts',
    "import type { A } from '../app.ts';",
    'imports src/app.ts: level 7 does not know level 8',
  ],
  [
    'src/db/tx.ts',
    "export * from '../config/index.ts';",
    'imports src/config/index.ts: rooms on one level do not know each other',
  ],
  [
    'src/http/v1.1/a.ts',
    "type A = import('../../profiles/fields.ts').A;",
    'imports src/profiles/fields.ts: the only door of that room is src/profiles/index.ts',
  ],
  [
    'src/app.ts',
    'await import(`./db/tx.ts`);',
    'imports src/db/tx.ts: the only door of that room is src/db/index.ts',
  ],
  ['src/db/tx.ts', "import '../../test/a.ts';", 'imports test/a.ts: the server lies in src/ alone'],
  ['src/db/tx.ts', "import '/etc/a.ts';", 'imports /etc/a.ts, which is absolute'],
  ['src/db/tx.ts', 'await import(name);', 'an import() must name a file or package in quotes'],
  ['src/attic/a.ts', "import 'pg';", 'lies in no room of DESIGN.md 2'],
  ['src/stray.ts', "import 'pg';", 'lies in no room of DESIGN.md 2'],
];

test('the check of imports finds what is wrong, and nothing else', async () => {
  for (const [from, line, fault] of imports) {
    const expected = fault === undefined ? [] : [`${from}: ${fault}`];
    assert.deepEqual(importFaults(await parse({ [from]: `${line}\n` })), expected, `${from}: ${line}`);
  }
});

test('the check of cycles finds them, once each', async () => {
  const files = await parse({
    'src/base/a.ts': "import './b.ts';",
    'src/base/b.ts': "export type { C } from './c.ts';",
    'src/base/c.ts': "import './a.ts';\nimport './d.ts';",
    'src/base/d.ts': '',
  });
  assert.deepEqual(cycleFaults(files), [
    'src/base/a.ts: imports itself, src/base/a.ts → src/base/b.ts → src/base/c.ts → src/base/a.ts',
  ]);
  assert.deepEqual(cycleFaults(files.slice(1)), []);
});

test('the check of the environment finds every way to it', async () => {
  const lines = [
    'const a = process.env;',
    "const b = process.env['A'];",
    "const c = process['env'];",
    'const { env } = process;',
    "import { env as d } from 'node:process';",
    'const e = globalThis.process.env;',
  ];
  for (const line of lines) {
    const fault = 'src/http/a.ts:1: only config/ and programs take the environment';
    assert.deepEqual(environmentFaults(await parse({ 'src/http/a.ts': line })), [fault], line);
  }
  const fine =
    "process.kill(process.pid, 0);\nconst a = { process: 1, env: 'process.env' };\n// process.env\n";
  assert.deepEqual(environmentFaults(await parse({ 'src/http/a.ts': fine })), []);
  assert.deepEqual(
    environmentFaults(await parse({ 'src/main.ts': 'process.env;', 'src/config/a.ts': 'process.env;' })),
    [],
  );
});

/** A function declaration of exactly so many lines, with what would mislead a count of braces. */
function functionOf(lines: number): string {
  return `function long(): string {\n${'  // }\n'.repeat(lines - 3)}  return \`}$\{'}'}\`;\n}\n`;
}

test('the check of sizes finds one line too many', async () => {
  assert.deepEqual(sizeFaults(await parse({ 'src/a.ts': functionOf(80) })), []);
  assert.deepEqual(sizeFaults(await parse({ 'src/a.ts': `\n/** Why. */\n${functionOf(81)}` })), [
    'src/a.ts:3: long has 81 lines, more than 80',
  ]);
  const arrow = `const f = (): void => {\n${'\n'.repeat(80)}};\n`;
  assert.deepEqual(sizeFaults(await parse({ 'src/a.ts': arrow })), [
    'src/a.ts:1: f has 82 lines, more than 80',
  ]);
  const method = `class A {\n  m(): void {\n${'\n'.repeat(80)}  }\n}\n`;
  assert.deepEqual(sizeFaults(await parse({ 'src/a.ts': method })), [
    'src/a.ts:2: m has 82 lines, more than 80',
  ]);
  assert.deepEqual(sizeFaults(await parse({ 'src/a.ts': '//\n'.repeat(400) })), []);
  assert.deepEqual(sizeFaults(await parse({ 'src/a.ts': '//\n'.repeat(401) })), [
    'src/a.ts: 401 lines, more than 400',
  ]);
});

test('the check of casts finds them', async () => {
  const text =
    "const a = ['a'] as const;\nconst b = a as unknown;\nconst c = 'as d';\nconst d = <string>c;\n";
  assert.deepEqual(castFaults(await parse({ 'src/a.ts': text })), [
    'src/a.ts:2: a cast; only `as const` is allowed',
    'src/a.ts:4: a cast; only `as const` is allowed',
  ]);
});

test('the check of the operator’s table finds what is missing and what does not exist', () => {
  const rows = variables.map(variableRow);
  assert.deepEqual(variableTableFaults('page', rows.join('\n')), []);
  const page = `${rows.slice(1).join('\n')}\nSet MUSTER_WISH and \`MUSTER_WISH\`.`;
  assert.deepEqual(variableTableFaults('page', page), [
    `page: the table of variables lacks the row ${variableRow(variables[0])}`,
    'page: there is no variable MUSTER_WISH',
  ]);
});
