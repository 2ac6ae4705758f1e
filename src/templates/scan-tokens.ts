import { roots } from './template-tree.ts';

/**
 * Pieces of what stands between the braces of a form. `from` and `to` are offsets in the template. A word is a path,
 * split at its dots; `|`, `(`, `)` and `}` stand for themselves; `end` is the end of the template.
 */
export type Token =
  | { readonly kind: 'text'; readonly value: string; readonly from: number; readonly to: number }
  | { readonly kind: 'number'; readonly value: number; readonly from: number; readonly to: number }
  | { readonly kind: 'word'; readonly path: readonly string[]; readonly from: number; readonly to: number }
  | { readonly kind: '|' | '(' | ')' | '}' | 'end'; readonly from: number; readonly to: number }
  | { readonly kind: 'fault'; readonly message: string; readonly from: number; readonly to: number };

const MAX_PATH_NAMES = 32;
const MAX_TEXT_LENGTH = 10_000;

const SPACE = /\s*/y;
const NUMBER = /-?\d{1,15}(?:\.\d{1,15})?(?![\w.-])/y;
const NAME = '[A-Za-z_][\\w-]*';
const PATH = new RegExp(`${NAME}(?:\\.(?:${NAME}|0|[1-9]\\d{0,8}))*`, 'y');
const AFTER_PATH = /[^\s|()}]/;
const ESCAPE = /\\(?:["\\/{}]|n|r|t|u[0-9a-fA-F]{4})/y;

/** The token that begins at `at` or behind the white space there. */
export function scanToken(source: string, at: number): Token {
  const from = at + match(SPACE, source, at).length;
  const c = source.charAt(from);
  if (c === '') return { kind: 'end', from, to: from };
  if (c === '|' || c === '(' || c === ')' || c === '}') return { kind: c, from, to: from + 1 };
  if (c === '"') return scanText(source, from);
  if (/[-\d]/.test(c)) {
    const digits = match(NUMBER, source, from);
    if (digits === '') return fault(from, 'expected a number such as 5 or -1.5');
    return { kind: 'number', value: Number(digits), from, to: from + digits.length };
  }
  if (/[A-Za-z_]/.test(c)) return scanPath(source, from);
  return fault(from, `did not expect ${JSON.stringify(c)}`);
}

/** A path such as `lead.items.0.name`; a fault repeats it as far as it went well, and says what is wrong behind it. */
export function scanPath(source: string, from: number): Token {
  const text = match(PATH, source, from);
  const to = from + text.length;
  const shown = `${text.length > 60 ? `${text.slice(0, 60)}…` : text}`;
  const next = source.charAt(to);
  if (next === '.') {
    const kind = text.includes('.') ? 'a name or an array index after the dot' : 'a name after the dot';
    return fault(from, `${shown}.: expected ${kind} (a letter or _, then letters, digits, _ or -)`);
  }
  if (AFTER_PATH.test(next)) {
    return fault(from, `${shown}: expected } or a dot and a name, found ${JSON.stringify(next)}`);
  }
  const path = text.split('.');
  const [root = '', member = ''] = path;
  if (/^\d/.test(member) && roots.some((name) => name === root)) {
    return fault(from, `${root}.: expected a name after the dot, found ${member}`);
  }
  if (path.length > MAX_PATH_NAMES + 1)
    return fault(from, `${shown}: expected at most ${MAX_PATH_NAMES} names`);
  return { kind: 'word', path, from, to };
}

function scanText(source: string, from: number): Token {
  const longest = Math.min(source.length, from + MAX_TEXT_LENGTH);
  let value = '';
  for (let at = from + 1; at < longest; at += 1) {
    const c = source.charAt(at);
    if (c === '"') return { kind: 'text', value, from, to: at + 1 };
    if (c !== '\\') {
      value += c;
      continue;
    }
    const sequence = match(ESCAPE, source, at);
    if (sequence === '') return fault(at, 'expected \\" \\\\ \\/ \\{ \\} \\n \\r \\t or \\u and four digits');
    value += readEscape(sequence);
    at += sequence.length - 1;
  }
  if (longest < source.length)
    return fault(from, `a text in quotes is longer than ${MAX_TEXT_LENGTH} characters`);
  return fault(from, 'a text in quotes is not closed');
}

function readEscape(sequence: string): string {
  const c = sequence.charAt(1);
  if (c === 'n') return '\n';
  if (c === 'r') return '\r';
  if (c === 't') return '\t';
  return c === 'u' ? String.fromCharCode(Number.parseInt(sequence.slice(2), 16)) : c;
}

function match(pattern: RegExp, source: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? '';
}

function fault(from: number, message: string): Token {
  return { kind: 'fault', message, from, to: from };
}
