import { isJsonObject, type JsonValue } from '../base/index.ts';
import { connectionHeaders, isHeaderName } from './header-names.ts';

const MAX_URL_LENGTH = 8_192;
const MAX_HEADERS = 50;
const MAX_HEADER_NAME_LENGTH = 100;

/** Beside those of the connection, Muster sets these itself. */
const ownHeaders = new Set(['accept-encoding', 'idempotency-key', 'proxy-authorization']);

/**
 * What is wrong with a URL that a person wrote and that templates, whose forms stand in braces, fill later; undefined
 * when nothing. Scheme and host stand there as they are, so that no value can send a request or a secret elsewhere.
 */
export function writtenUrlFault(url: string): string | undefined {
  if (url.length > MAX_URL_LENGTH) return `longer than ${MAX_URL_LENGTH} characters`;
  const origin = /^https?:\/\/[^/?#\\]*/i.exec(url)?.[0];
  if (origin === undefined) return 'expected a URL that begins with http:// or https://';
  if (origin.includes('{')) return 'the host cannot come from a template, only path and query can';
  if (origin.includes('@')) return 'user and password belong into an Authorization header';
  return URL.canParse(origin) && !url.includes('\\') ? undefined : 'expected a valid URL';
}

/** Values are percent-encoded, but URLs read `.` and `..` as steps through the path in every spelling. */
export function hasDotSegment(url: string): boolean {
  const path = /^[^?#]*/.exec(url)?.[0] ?? '';
  return path.split('/').some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment));
}

export interface WrittenHeader {
  /** In lower case. */
  readonly name: string;
  /** As it was written, templates and all. */
  readonly text: string;
  /** `headers.` and the name as it was written. */
  readonly path: string;
}

function nameFault(name: string, seen: ReadonlySet<string>): string | undefined {
  if (name.length > MAX_HEADER_NAME_LENGTH || !isHeaderName(name)) return 'not a valid header name';
  if (connectionHeaders.has(name) || ownHeaders.has(name)) return 'Muster sets this header itself';
  return seen.has(name) ? 'this header stands here twice' : undefined;
}

/**
 * Reads an object of header names and values; null and undefined are none.
 * @param onFault gets each fault with its path, `headers` or that of a header.
 * @returns every header that has a text, also where its name is a fault, so that its template is judged as well.
 */
export function readWrittenHeaders(
  given: JsonValue | undefined,
  onFault: (path: string, message: string) => void,
): WrittenHeader[] {
  const object = given ?? {};
  if (!isJsonObject(object)) {
    onFault('headers', 'expected an object of header names and values');
    return [];
  }
  const entries = Object.entries(object);
  if (entries.length > MAX_HEADERS) onFault('headers', `more than ${MAX_HEADERS} headers`);
  const seen = new Set<string>();
  return entries.flatMap(([key, text]) => {
    const path = `headers.${key}`;
    const name = key.toLowerCase();
    const fault = nameFault(name, seen);
    if (fault !== undefined) onFault(path, fault);
    if (typeof text !== 'string') {
      onFault(path, 'expected a text');
      return [];
    }
    seen.add(name);
    return [{ name, text, path }];
  });
}
