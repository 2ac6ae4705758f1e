import type { FastifyRequest } from 'fastify';
import {
  invalidRequest,
  isObject,
  type JsonObject,
  type JsonValue,
  MusterError,
  tryParseJson,
} from '../../base/index.ts';
import { parseJsonObject } from '../parse-json.ts';

const flags: ReadonlySet<string> = new Set([
  'skip_triggers',
  'skip_invalid_subscriptions',
  'detect_geo',
  'dry_run',
]);
const documents: ReadonlySet<string> = new Set([
  'content',
  'custom_data',
  'attach',
  'subscription_filter',
  'custom_request',
  'add_to_segments',
  'remove_from_segments',
]);

/** What a parameter of the address means where its key is a flag or a document; the rest is text. */
function readParameter(key: string, text: string): JsonValue {
  if (flags.has(key)) {
    if (text === 'true' || text === '1') return true;
    if (text === 'false' || text === '0') return false;
    throw invalidRequest(key, 'expected true or false');
  }
  if (!documents.has(key)) return text;
  const value = tryParseJson(text);
  if (value === undefined) throw invalidRequest(key, 'expected JSON, percent-encoded');
  return value;
}

function readHeader(request: FastifyRequest): JsonObject {
  const header = request.headers['muster-import'];
  if (header === undefined) return {};
  // Node reads headers byte by byte; the bytes are UTF-8.
  const parsed = parseJsonObject(Buffer.from(String(header), 'latin1'));
  if (parsed.ok) return parsed.value;
  throw new MusterError(400, {
    field: 'Muster-Import',
    detail: `Muster-Import: ${parsed.error.replace(/^body: /, '')}`,
  });
}

/**
 * The keys that stand around `data` in the body of other methods: here in the address, or in the header
 * `Muster-Import` as one JSON object. What the address says counts.
 * @throws {MusterError} 400 that names the key at fault.
 */
export function readKeys(request: FastifyRequest): JsonObject {
  const keys = readHeader(request);
  for (const [key, text] of Object.entries(isObject(request.query) ? request.query : {})) {
    if (key === 'token' || text === '') continue;
    if (typeof text !== 'string') throw invalidRequest(key, 'given more than once in the address');
    keys[key] = readParameter(key, text);
  }
  return keys;
}
