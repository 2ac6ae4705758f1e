import { failure, type Outcome, success } from '../base/index.ts';
import { type Db, withStatementLimit } from '../db/index.ts';
import { parsePattern } from '../query/index.ts';
import { matchText } from './sql/match-text.ts';

/** What a pattern may cost PostgreSQL: the pattern of an answer is short, that of a filter may be long. */
const MAX_SIZE = 2_000;
const MAX_SKIPPABLE = 100;
const LIMIT_MS = 1_000;

/** The pattern in PostgreSQL's spelling, or why it is refused. */
export function readSuccessPattern(pattern: string): Outcome<string, string> {
  const parsed = parsePattern(pattern, 's');
  if (!parsed.ok) return parsed;
  const { text, size, skippable } = parsed.value;
  if (size > MAX_SIZE || skippable > MAX_SKIPPABLE) return failure('the pattern is too large');
  return success(text);
}

/**
 * Whether the pattern matches anywhere in the text. PostgreSQL looks, whose automaton takes no exponential time where
 * JavaScript's backtracking does; a pattern that is too much for it matches nothing.
 */
export async function meetsPattern(db: Db, body: string, pattern: string): Promise<boolean> {
  const read = readSuccessPattern(pattern);
  if (!read.ok) return false;
  const text = body.replaceAll('\u0000', '\ufffd').toWellFormed();
  const met = await withStatementLimit(db, LIMIT_MS, (tx) => matchText(tx, text, read.value));
  return met.ok && met.value;
}
