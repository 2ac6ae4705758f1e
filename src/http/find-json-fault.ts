/** Where a text stops being JSON; line and column count from 1, columns in UTF-16 units. */
export interface JsonFault {
  readonly line: number;
  readonly column: number;
  /** Whether the text ends too early, rather than going on wrongly. */
  readonly ended: boolean;
}

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** The end of the match at `from`, or `from` when there is none. */
function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}

/**
 * The index after the string that begins at `from`; where it is faulty, the index of the fault as a negative number.
 * Goes by character because a pattern for whole strings overflows its stack on megabytes.
 */
function skipString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code < 0x20) return -at;
    const next = code === 0x5c ? skip(ESCAPE, text, at) : at + 1;
    if (next === at) return -at;
    at = next;
  }
  return -at;
}

/** As `skipString`, for a string, number or literal; `from` itself when there is none of them. */
function skipScalar(text: string, from: number): number {
  if (text[from] === '"') return skipString(text, from);
  const literal = skip(LITERAL, text, from);
  return literal > from ? literal : skip(NUMBER, text, from);
}

/**
 * The offset at which a text that `JSON.parse` refuses goes wrong. V8 tells it for some faults only, and quotes the
 * text for the others. A state machine with its own stack, so that any depth is safe.
 */
function findOffset(text: string): number {
  const stack: ('{' | '[')[] = [];
  let state: 'value' | 'first-element' | 'first-key' | 'key' | 'after' = 'value';
  let at = 0;
  for (;;) {
    at = skip(SPACE, text, at);
    const character = text[at];
    if (character === undefined) return at;
    const open = stack.at(-1);
    if (state === 'after') {
      if (open === undefined) return at;
      if (character === ',') state = open === '{' ? 'key' : 'value';
      else if (character === (open === '{' ? '}' : ']')) stack.pop();
      else return at;
      at += 1;
    } else if (state === 'first-key' || state === 'key') {
      if (character === '}' && state === 'first-key') {
        stack.pop();
        state = 'after';
        at += 1;
        continue;
      }
      if (character !== '"') return at;
      const end = skipString(text, at);
      if (end < 0) return -end;
      at = skip(SPACE, text, end);
      if (text[at] !== ':') return at;
      at += 1;
      state = 'value';
    } else if (character === ']' && state === 'first-element') {
      stack.pop();
      state = 'after';
      at += 1;
    } else if (character === '{' || character === '[') {
      stack.push(character);
      state = character === '{' ? 'first-key' : 'first-element';
      at += 1;
    } else {
      const end = skipScalar(text, at);
      if (end < 0) return -end;
      if (end === at) return at;
      at = end;
      state = 'after';
    }
  }
}

/** Finds where a text that is not JSON goes wrong. */
export function findJsonFault(text: string): JsonFault {
  const offset = Math.min(findOffset(text), text.length);
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line += 1;
    lineStart = at + 1;
  }
  return { line, column: offset - lineStart + 1, ended: offset === text.length };
}
