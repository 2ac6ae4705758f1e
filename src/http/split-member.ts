import { failure, type JsonObject, type Outcome, ownValue, success, tryParseJson } from '../base/index.ts';
import { parseJsonObject } from './parse-json.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/** How many characters at the end of `text` are the beginning of an escape whose rest is still to come. */
function openEscapeLength(text: string): number {
  const last = text.lastIndexOf('\\');
  if (last < 0 || last < text.length - 5) return 0;
  return isEscaped(text, last) || !/^\\(?:u[\da-f]{0,3})?$/i.test(text.slice(last)) ? 0 : text.length - last;
}

/** Whether an odd number of backslashes stands before that place. */
function isEscaped(text: string, place: number): boolean {
  let start = place;
  while (text[start - 1] === '\\') start -= 1;
  return (place - start) % 2 === 1;
}

function findQuote(text: string): number {
  let place = text.indexOf('"');
  while (place >= 0 && isEscaped(text, place)) place = text.indexOf('"', place + 1);
  return place;
}

/**
 * Reads a JSON object that arrives in chunks and has one member that is a very long string. The text of that member
 * comes out as it arrives; the rest of the object is small, is kept, and is parsed at the end with "" in the member's
 * place. What lies outside the member is checked by `JSON.parse` alone: here it is only looked through for strings and
 * brackets, which does no harm to a broken text.
 * Faults are those of `parseJsonObject`; after one nothing more may be pushed.
 */
export class MemberSplitter {
  readonly #name: string;
  readonly #rest: Buffer;
  #restLength = 0;
  #place: 'outside' | 'string' | 'member' = 'outside';
  #depth = 0;
  /** At depth 1: whether the next string is a key, and the last one that was. */
  #keyComes = false;
  #keyStart = 0;
  #key: string | undefined;
  #isEscaped = false;
  /** The beginning of an escape at the end of the last chunk. */
  #held = '';
  #hasBegun = false;

  /** @param restLimit bytes that the object may have beside the member. */
  constructor(name: string, restLimit: number) {
    this.#name = name;
    this.#rest = Buffer.alloc(restLimit);
  }

  /** Whether the member was met, as a string. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** The members that stand before the long one; undefined as long as that has not begun, or after a broken text. */
  readBefore(): JsonObject | undefined {
    if (!this.#hasBegun) return undefined;
    const parsed = parseJsonObject(
      Buffer.concat([this.#rest.subarray(0, this.#restLength), Buffer.from('}')]),
    );
    return parsed.ok ? parsed.value : undefined;
  }

  /** The part of the member's text that ends in this chunk, its escapes resolved. */
  push(chunk: Buffer): Outcome<string, string> {
    let text = '';
    let at = 0;
    while (at < chunk.length) {
      if (this.#place !== 'member') {
        const fault = this.#keep(chunk[at] ?? 0);
        if (fault !== undefined) return failure(fault);
        at += 1;
        continue;
      }
      const part = this.#held + chunk.toString('latin1', at);
      const quote = findQuote(part);
      const end = quote < 0 ? part.length - openEscapeLength(part) : quote;
      const value = tryParseJson(`"${part.slice(0, end)}"`);
      if (typeof value !== 'string') {
        return failure(`body: not valid JSON, an escape or a line break that is none in ${this.#name}`);
      }
      text += value;
      if (quote < 0) {
        this.#held = part.slice(end);
        return success(text);
      }
      at += quote + 1 - this.#held.length;
      this.#held = '';
      this.#place = 'outside';
    }
    return success(text);
  }

  /** The object, with "" for the member where it was met. */
  end(): Outcome<JsonObject, string> {
    if (this.#place === 'member') return failure('body: not valid JSON, it breaks off');
    const parsed = parseJsonObject(this.#rest.subarray(0, this.#restLength));
    if (!this.#hasBegun) return parsed;
    if (parsed.ok) return ownValue(parsed.value, this.#name) === '' ? parsed : failure(this.#twice());
    // The place that the parser names is not that of the body.
    return failure(`body: not valid JSON before or after ${this.#name}`);
  }

  #append(byte: number): boolean {
    if (this.#restLength === this.#rest.length) return false;
    this.#rest[this.#restLength] = byte;
    this.#restLength += 1;
    return true;
  }

  /** A byte outside the member; returns a fault. */
  #keep(byte: number): string | undefined {
    if (!this.#append(byte)) return this.#tooMuch();
    if (this.#place === 'string') {
      this.#passString(byte);
      return undefined;
    }
    if (byte === QUOTE) return this.#openString();
    if (OPENING.has(byte)) this.#depth += 1;
    if (CLOSING.has(byte)) this.#depth -= 1;
    if (this.#depth !== 1) return undefined;
    if (byte === COLON) this.#keyComes = false;
    else if (byte === COMMA || OPENING.has(byte)) this.#keyComes = true;
    return undefined;
  }

  #openString(): string | undefined {
    if (this.#depth !== 1 || this.#keyComes || this.#key !== this.#name) {
      this.#place = 'string';
      this.#keyStart = this.#restLength - 1;
      return undefined;
    }
    if (this.#hasBegun) return this.#twice();
    this.#hasBegun = true;
    this.#place = 'member';
    return this.#append(QUOTE) ? undefined : this.#tooMuch();
  }

  #passString(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === BACKSLASH) this.#isEscaped = true;
    else if (byte === QUOTE) {
      this.#place = 'outside';
      if (this.#depth !== 1 || !this.#keyComes) return;
      const key = tryParseJson(this.#rest.toString('utf8', this.#keyStart, this.#restLength));
      this.#key = typeof key === 'string' ? key : undefined;
    }
  }

  #tooMuch(): string {
    return `body: more than ${this.#rest.length} bytes beside ${this.#name}`;
  }

  #twice(): string {
    return `${this.#name}: stands twice`;
  }
}
