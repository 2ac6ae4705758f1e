import { failure, type Outcome, success } from '../base/index.ts';

/** What a variable may begin with; each is a member of the scope that a template is rendered with. */
export type Root = 'lead' | 'subscription' | 'apicontent';

export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'variable';
      readonly root: Root;
      /** Names of members, and indexes of arrays in digits. At least one. */
      readonly path: readonly string[];
      /** Whether it stands between two quotes, if the whole is taken for JSON. */
      readonly inString: boolean;
    };

/** A parsed template, frozen. */
export interface Template {
  readonly parts: readonly Part[];
}

/** Both count from 1 and point at the opening brace; columns are UTF-16 units, as editors count them. */
export interface TemplateError {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Beyond these the author has enough to mend. */
const MAX_ERRORS = 20;
const MAX_PATH_NAMES = 32;

/** Only these make a brace more than text; `{`, `{ lead.x }` and `{leader}` do not. */
const OPENING = /\{(lead|subscription|apicontent)\./g;
const NAME = '[A-Za-z_][\\w-]*';
const PATH = new RegExp(`${NAME}(?:\\.(?:${NAME}|0|[1-9]\\d{0,8}))*`, 'y');

/**
 * Finds the variables in a text.
 * @returns the template; or every form that begins like a variable but is not one, up to 20.
 */
export function parseTemplate(source: string): Outcome<Template, TemplateError[]> {
  const parts: Part[] = [];
  const errors: TemplateError[] = [];
  const locate = createLocator(source);
  const scanQuotes = createQuoteScanner();
  let textFrom = 0;
  for (const opening of source.matchAll(OPENING)) {
    const root = rootOf(opening[1]);
    const pathFrom = opening.index + opening[0].length;
    const path = matchPath(source, pathFrom);
    const end = pathFrom + path.length;
    const fault = formFault(opening[0], source, path, end);
    if (fault !== undefined) {
      errors.push({ ...locate(opening.index), message: fault });
      if (errors.length === MAX_ERRORS) break;
      continue;
    }
    const text = source.slice(textFrom, opening.index);
    if (text !== '') parts.push(Object.freeze({ kind: 'text', text }));
    const inString = scanQuotes(text);
    parts.push(Object.freeze({ kind: 'variable', root, path: Object.freeze(path.split('.')), inString }));
    textFrom = end + 1;
  }
  if (errors.length > 0) return failure(errors);
  if (textFrom < source.length) parts.push(Object.freeze({ kind: 'text', text: source.slice(textFrom) }));
  return success(Object.freeze({ parts: Object.freeze(parts) }));
}

function rootOf(name: string | undefined): Root {
  return name === 'subscription' || name === 'apicontent' ? name : 'lead';
}

/** The longest path that begins at `from`, '' when none does. */
function matchPath(source: string, from: number): string {
  PATH.lastIndex = from;
  return PATH.exec(source)?.[0] ?? '';
}

function formFault(opening: string, source: string, path: string, end: number): string | undefined {
  const form = `${opening}${path.length > 60 ? `${path.slice(0, 60)}…` : path}`;
  if (path === '')
    return `${form}: expected a name after the dot (a letter or _, then letters, digits, _ or -)`;
  const next = source.charAt(end);
  if (next === '.') return `${form}.: expected a name or an array index after the dot`;
  if (next === '') return `${form}: expected } before the end of the template`;
  if (next !== '}') return `${form}: expected } or a dot and a name, found ${JSON.stringify(next)}`;
  if (path.split('.').length > MAX_PATH_NAMES) return `${form}: expected at most ${MAX_PATH_NAMES} names`;
  return undefined;
}

/** Line and column of offsets, which must be asked for in rising order: the text is walked once. */
function createLocator(source: string): (offset: number) => { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  return (offset) => {
    for (
      let feed = source.indexOf('\n', lineStart);
      feed !== -1 && feed < offset;
      feed = source.indexOf('\n', lineStart)
    ) {
      line += 1;
      lineStart = feed + 1;
    }
    return { line, column: offset - lineStart + 1 };
  };
}

/**
 * Takes the texts between variables in order and tells after each whether a JSON string is open. A variable itself
 * changes nothing: its value is escaped, so it can neither open nor close a string.
 */
function createQuoteScanner(): (text: string) => boolean {
  let inString = false;
  return (text) => {
    for (let at = 0; at < text.length; at += 1) {
      const character = text[at];
      if (character === '"') inString = !inString;
      else if (character === '\\' && inString) at += 1;
    }
    return inString;
  };
}
