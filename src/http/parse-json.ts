import { isUtf8 } from 'node:buffer';
import {
  failure,
  isJsonObject,
  type JsonObject,
  type Outcome,
  success,
  tryParseJson,
} from '../base/index.ts';
import { findJsonFault } from './find-json-fault.ts';

/**
 * The object in a request body, or what is wrong with it. A byte order mark and white space around it are fine. The
 * fault names the place and never repeats the text, which may hold a token.
 */
export function parseJsonObject(bytes: Buffer): Outcome<JsonObject, string> {
  const text = decodeText(bytes);
  return text.ok ? parseJsonText(text.value) : text;
}

/** The text of a body without its byte order mark. */
export function decodeText(bytes: Buffer): Outcome<string, string> {
  if (!isUtf8(bytes)) return failure('body: not valid UTF-8');
  return success(bytes.toString('utf8').replace(/^\uFEFF/, ''));
}

/** `parseJsonObject` of text that `decodeText` has left. */
export function parseJsonText(text: string): Outcome<JsonObject, string> {
  if (text.trim() === '') return failure('body: empty, expected a JSON object');
  const value = tryParseJson(text);
  if (value === undefined) {
    const { line, column, ended } = findJsonFault(text);
    const place = `line ${line}, column ${column}`;
    return failure(`body: not valid JSON, ${ended ? 'it breaks off' : 'unexpected text'} at ${place}`);
  }
  if (!isJsonObject(value)) {
    const found = Array.isArray(value) ? 'a list' : 'a single value';
    return failure(`body: expected a JSON object, found ${found}`);
  }
  return success(value);
}
