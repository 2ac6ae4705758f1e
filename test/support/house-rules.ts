import { posix } from 'node:path';
import { type Variable, variables } from '../../src/config/index.ts';
import type { SourceFacts } from './source-facts.ts';

/** DESIGN.md 2: an import points to a lower level. */
const levels: Readonly<Record<string, number>> = {
  base: 0,
  config: 1,
  db: 1,
  query: 2,
  templates: 2,
  accounts: 2,
  outbound: 2,
  geo: 2,
  files: 2,
  vault: 2,
  budgets: 2,
  profiles: 3,
  hooks: 3,
  suppression: 3,
  messages: 4,
  segments: 4,
  workflow: 5,
  importer: 6,
  http: 7,
  cli: 7,
};
/** The only files that know every room; they lie in none. */
const topFiles = ['src/app.ts', 'src/main.ts', 'src/run.ts'];
const TOP_LEVEL = 8;

const MAX_FILE_LINES = 400;
const MAX_FUNCTION_LINES = 80;

interface Place {
  /** Empty for the files on top. */
  readonly room: string;
  readonly level: number;
}

function placeOf(path: string): Place | undefined {
  if (topFiles.includes(path)) return { room: '', level: TOP_LEVEL };
  const [, room = '', ...rest] = path.split('/');
  const level = rest.length > 0 ? levels[room] : undefined;
  return level === undefined ? undefined : { room, level };
}

/** The path of a file that a file of ours imports; undefined for a package. */
function resolveImport(from: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : undefined;
}

function importFault(from: string, specifier: string | undefined): string | undefined {
  if (specifier === undefined) return 'an import() must name a file or package in quotes';
  if (specifier.startsWith('/') || specifier.startsWith('file:'))
    return `imports ${specifier}, which is absolute`;
  const target = resolveImport(from, specifier);
  if (target === undefined) return undefined;
  // The version of the program stands in one place.
  if (target === 'package.json' && from === 'src/app.ts') return undefined;
  if (!target.startsWith('src/')) return `imports ${target}: the server lies in src/ alone`;
  const [here, there] = [placeOf(from), placeOf(target)];
  if (here === undefined || there === undefined) return undefined;
  if (here.room === there.room) return undefined;
  if (there.level > here.level) {
    return `imports ${target}: level ${here.level} does not know level ${there.level}`;
  }
  if (there.level === here.level) return `imports ${target}: rooms on one level do not know each other`;
  const door = `src/${there.room}/index.ts`;
  return target === door ? undefined : `imports ${target}: the only door of that room is ${door}`;
}

/** Levels, neighbours and doors. A fault names the file and the rule, here and below. */
export function importFaults(files: readonly SourceFacts[]): string[] {
  return files.flatMap(({ path, imports }) => {
    const placeless = placeOf(path) === undefined ? [`${path}: lies in no room of DESIGN.md 2`] : [];
    const faults = imports.map((specifier) => importFault(path, specifier));
    return [
      ...placeless,
      ...faults.filter((fault) => fault !== undefined).map((fault) => `${path}: ${fault}`),
    ];
  });
}

/** What the web UI may know of the server: the shapes of the admin API, as types. */
const CONTRACT = /^src\/http\/admin\/[a-z-]*contract\.ts$/;

/** The web UI lies in web/ alone; it is told the shapes of the admin API, and nothing of the server is bundled into it. */
export function webImportFaults(files: readonly SourceFacts[]): string[] {
  return files.flatMap(({ path, imports, valueImports }) =>
    imports.flatMap((specifier) => {
      const target = specifier === undefined ? undefined : resolveImport(path, specifier);
      if (target === undefined || target.startsWith('web/')) return [];
      if (!CONTRACT.test(target))
        return [`${path}: imports ${target}: of the server it knows contracts alone`];
      return valueImports.includes(specifier) ? [`${path}: imports more than types of ${target}`] : [];
    }),
  );
}

/** Files that import each other, directly or around corners; each cycle once. Imports of types count. */
export function cycleFaults(files: readonly SourceFacts[]): string[] {
  const targets = new Map(
    files.map(({ path, imports }) => [
      path,
      imports.flatMap((specifier) => resolveImport(path, specifier ?? '') ?? []),
    ]),
  );
  const done = new Set<string>();
  const trail: string[] = [];
  const faults: string[] = [];
  const walk = (path: string): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      faults.push(`${path}: imports itself, ${[...trail.slice(start), path].join(' → ')}`);
      return;
    }
    if (done.has(path)) return;
    trail.push(path);
    for (const target of targets.get(path) ?? []) walk(target);
    trail.pop();
    done.add(path);
  };
  for (const path of targets.keys()) walk(path);
  return faults;
}

const programs = ['src/main.ts', 'src/cli/main.ts'];

/** Everything that a process is told by its environment goes through `config/`. */
export function environmentFaults(files: readonly SourceFacts[]): string[] {
  return files
    .filter(
      ({ path }) => path.startsWith('src/') && !path.startsWith('src/config/') && !programs.includes(path),
    )
    .flatMap(({ path, environmentLines }) =>
      environmentLines.map((line) => `${path}:${line}: only config/ and programs take the environment`),
    );
}

export function sizeFaults(files: readonly SourceFacts[]): string[] {
  return files.flatMap(({ path, lines, functions }) => [
    ...(lines > MAX_FILE_LINES ? [`${path}: ${lines} lines, more than ${MAX_FILE_LINES}`] : []),
    ...functions
      .filter((one) => one.lines > MAX_FUNCTION_LINES)
      .map(
        ({ name, line, lines: length }) =>
          `${path}:${line}: ${name} has ${length} lines, more than ${MAX_FUNCTION_LINES}`,
      ),
  ]);
}

export function castFaults(files: readonly SourceFacts[]): string[] {
  return files.flatMap(({ path, castLines }) =>
    castLines.map((line) => `${path}:${line}: a cast; only \`as const\` is allowed`),
  );
}

function shownValues({ kind }: Variable): string {
  if (kind === 'switch') return '`0`, `1`';
  if (typeof kind !== 'string') return kind.map((choice) => `\`${choice}\``).join(', ');
  return kind === 'text' ? 'text' : 'number';
}

/** The row of the operator's table for a variable. */
export function variableRow(variable: Variable): string {
  const fallback = variable.fallback === undefined ? '' : `\`${variable.fallback}\``;
  return `| \`${variable.name}\` | ${shownValues(variable)} | ${fallback} | ${variable.help} |`;
}

/** What the page lacks of the table of variables, or says of a variable that there is not. */
export function variableTableFaults(path: string, page: string): string[] {
  const lines = page.split('\n').map((line) => line.trim());
  const missing = variables
    .map(variableRow)
    .filter((row) => !lines.includes(row))
    .map((row) => `${path}: the table of variables lacks the row ${row}`);
  const known = new Set<string>(variables.map(({ name }) => name));
  const unknown = [...page.matchAll(/\bMUSTER_[A-Z_]*[A-Z]/g)]
    .map(([name]) => name)
    .filter((name) => !known.has(name))
    .map((name) => `${path}: there is no variable ${name}`);
  return [...missing, ...new Set(unknown)];
}
