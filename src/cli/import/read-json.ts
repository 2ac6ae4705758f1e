import { failure, isJsonObject, success, tryParseJson } from '../../base/index.ts';
import { CliError } from '../cli-error.ts';
import { OWN_COLUMN } from './column-map.ts';
import type { InputRow } from './input-row.ts';

/** The object is sent as it stands: a profile, or an item with `data` and what goes with it. */
function toRow(source: string, place: number): InputRow {
  const value = tryParseJson(source);
  if (value === undefined) return { place, source, item: failure('not valid JSON') };
  if (!isJsonObject(value)) return { place, source, item: failure('expected a JSON object') };
  const kept = Object.entries(value).filter(([key]) => !key.startsWith(OWN_COLUMN));
  return { place, source, item: success(JSON.stringify(Object.fromEntries(kept))) };
}

/** A JSON object on each line; empty lines are passed over. */
export async function* readNdjson(text: AsyncIterable<string>): AsyncGenerator<InputRow> {
  let rest = '';
  let place = 0;
  for await (const piece of text) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      place += 1;
      if (line.trim() !== '') yield toRow(line.trim(), place);
    }
  }
  if (rest.trim() !== '') yield toRow(rest.trim(), place + 1);
}

/** Finds where the elements of one JSON array end, in text that comes in pieces. */
class ArraySplitter {
  #state: 'before' | 'inside' | 'after' = 'before';
  #depth = 0;
  #isText = false;
  #isEscaped = false;
  #kept = '';

  get isClosed(): boolean {
    return this.#state === 'after';
  }

  /** The texts of the elements that end in this piece; undefined = it is no array. */
  push(piece: string): string[] | undefined {
    const elements: string[] = [];
    let start = 0;
    for (let index = 0; index < piece.length; index += 1) {
      const character = piece.charAt(index);
      if (this.#state !== 'inside') {
        if (this.#state === 'before' && character === '[') {
          this.#state = 'inside';
          start = index + 1;
        } else if (character.trim() !== '') return undefined;
        continue;
      }
      if (!this.#ends(character)) continue;
      elements.push((this.#kept + piece.slice(start, index)).trim());
      this.#kept = '';
      start = index + 1;
      if (character === ']') this.#state = 'after';
    }
    if (this.#state === 'inside') this.#kept += piece.slice(start);
    return elements;
  }

  /** Whether an element ends before this character. */
  #ends(character: string): boolean {
    if (this.#isText) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (character === '\\') this.#isEscaped = true;
      else if (character === '"') this.#isText = false;
      return false;
    }
    if (this.#depth === 0 && (character === ',' || character === ']')) return true;
    if (character === '"') this.#isText = true;
    else if (character === '[' || character === '{') this.#depth += 1;
    else if (character === ']' || character === '}') this.#depth -= 1;
    return false;
  }
}

/**
 * The elements of a JSON array of any length, in memory that does not grow with it.
 * @throws {CliError} when the text is no array, or does not end with it.
 */
export async function* readJsonArray(path: string, text: AsyncIterable<string>): AsyncGenerator<InputRow> {
  const splitter = new ArraySplitter();
  let place = 0;
  for await (const piece of text) {
    const elements = splitter.push(piece);
    if (elements === undefined) {
      throw new CliError(`${path}: expected a JSON array`, 'objects on lines are --format ndjson');
    }
    for (const element of elements) {
      place += 1;
      const isEmptyArray = place === 1 && element === '' && splitter.isClosed;
      if (!isEmptyArray) yield toRow(element, place);
    }
  }
  if (!splitter.isClosed) throw new CliError(`${path}: the JSON array is not closed; is the file whole?`);
}
