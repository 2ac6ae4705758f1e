import { failure, type Outcome, success } from '../base/index.ts';
import { mimetypeFault } from './file-faults.ts';

/** Of a data URI, before its comma. */
const MAX_HEAD_LENGTH = 512;
const SCHEME = 'data:';

const NOT_BASE64 = 'expected base64 or a data URI with ;base64';
const NOTHING = Buffer.alloc(0);

/**
 * Decodes base64 or a base64 data URI that arrives in parts, in constant memory. White space is skipped, as line breaks
 * are common; padding at the end may be missing. The alphabet is that of RFC 4648 section 4, with `+` and `/`.
 * Faults are texts to put behind the name of the field. After a fault nothing more may be pushed.
 */
export class DataDecoder {
  /** What came before it was clear whether this is a data URI, and then its head; undefined from the content on. */
  #head: string | undefined = '';
  /** Less than four characters of the alphabet, padding included. */
  #rest = '';
  #padded = false;
  #mimetype: string | undefined;

  /** The type that a data URI names, known when its comma has come; undefined where none is named. */
  get mimetype(): string | undefined {
    return this.#mimetype;
  }

  /** The next part; returns the bytes that are complete by now. */
  push(text: string): Outcome<Buffer, string> {
    if (this.#head === undefined) return this.#decode(text);
    const head = this.#head + text;
    const start = head.trimStart();
    if (start.slice(0, SCHEME.length).toLowerCase() !== SCHEME.slice(0, start.length)) {
      this.#head = undefined;
      return this.#decode(head);
    }
    const comma = start.indexOf(',');
    if (comma > MAX_HEAD_LENGTH || (comma < 0 && start.length > MAX_HEAD_LENGTH)) return failure(NOT_BASE64);
    if (comma < 0) {
      this.#head = start;
      return success(NOTHING);
    }
    this.#head = undefined;
    const fault = this.#readHead(start.slice(SCHEME.length, comma));
    return fault === undefined ? this.#decode(start.slice(comma + 1)) : failure(fault);
  }

  /** Call it when all has come. */
  end(): Outcome<Buffer, string> {
    const head = this.#head ?? '';
    if (head.includes(':')) return failure(NOT_BASE64);
    // Too short to be told from a data URI: `data` by itself is base64.
    this.#head = undefined;
    const last = this.#decode(head);
    if (!last.ok || this.#rest === '') return last;
    return /^[^=]{2,3}$/.test(this.#rest)
      ? success(Buffer.concat([last.value, Buffer.from(this.#rest, 'base64')]))
      : failure('the base64 breaks off');
  }

  #readHead(head: string): string | undefined {
    const type = /^(.*);\s*base64\s*$/is.exec(head)?.[1]?.trim();
    if (type === undefined) return NOT_BASE64;
    // A head without a type but with parameters, `;charset=utf-8`, names no type either.
    if (type === '' || type.startsWith(';')) return undefined;
    const fault = mimetypeFault(type);
    if (fault !== undefined) return `the type in the data URI: ${fault}`;
    this.#mimetype = type;
    return undefined;
  }

  #decode(text: string): Outcome<Buffer, string> {
    const joined = this.#rest + text.replace(/[\t\n\r ]+/g, '');
    const foreign = joined.search(/[^A-Za-z0-9+/]/);
    if (foreign >= 0 && !/^={1,2}$/.test(joined.slice(foreign))) return failure(NOT_BASE64);
    if (this.#padded && joined !== '') return failure(NOT_BASE64);
    const whole = joined.length - (joined.length % 4);
    this.#rest = joined.slice(whole);
    // Three characters of padding, or padding that begins a group of four, are no base64.
    if (foreign >= 0 && foreign % 4 < 2) return failure('the base64 breaks off');
    this.#padded = foreign >= 0 && foreign < whole;
    return success(Buffer.from(joined.slice(0, whole), 'base64'));
  }
}
