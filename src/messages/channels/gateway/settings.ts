import {
  failure,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  leavesOf,
  type Outcome,
  success,
} from '../../../base/index.ts';
import { readWrittenHeaders, writtenUrlFault } from '../../../outbound/index.ts';
import { parseReportFormat, type ReportFormat } from './report-format.ts';
import {
  parseRequestBody,
  parseRequestTemplate,
  type RequestBody,
  type RequestTemplate,
  secretsIn,
} from './request-template.ts';
import { type SettingsFault, SettingsReader } from './settings-reader.ts';

const methods = ['GET', 'POST', 'PUT'] as const;
type Method = (typeof methods)[number];

const contentTypes = { form: 'application/x-www-form-urlencoded', json: 'application/json' } as const;
type ContentType = keyof typeof contentTypes;

/** How messages are handed to a provider over HTTP, and how its answers are read. */
export interface GatewaySettings {
  readonly request: {
    readonly method: Method;
    readonly url: RequestTemplate;
    /** Names in lower case. */
    readonly headers: ReadonlyMap<string, RequestTemplate>;
    readonly body:
      | { readonly kind: 'none' }
      | { readonly kind: 'text'; readonly template: RequestTemplate }
      | { readonly kind: 'json'; readonly value: RequestBody }
      | { readonly kind: 'form'; readonly fields: ReadonlyMap<string, RequestTemplate> };
  };
  readonly answer: {
    readonly accepted: { readonly statuses: readonly number[] | null; readonly pattern: RegExp | null };
    /** Where the provider's id stands; null = it gives none. */
    readonly id:
      | { readonly kind: 'pointer'; readonly pointer: string }
      | { readonly kind: 'pattern'; readonly pattern: RegExp }
      | null;
    readonly temporary: { readonly statuses: readonly number[]; readonly pattern: RegExp | null };
    readonly badAddress: RegExp | null;
  };
  readonly report: ReportFormat;
  /** Messages a second; null = as fast as they come. */
  readonly rate: number | null;
  readonly concurrency: number;
  readonly timeoutMs: number;
  /** Characters of the text that the provider takes at most. */
  readonly maxLength: number | null;
  /** The secrets that the request uses. */
  readonly secretNames: readonly string[];
}

const DEFAULT_CONCURRENCY = 8;
const DEFAULT_TIMEOUT_SECONDS = 10;

function parseUrl(reader: SettingsReader): RequestTemplate {
  const url = reader.text('url') ?? '';
  const fault = writtenUrlFault(url);
  if (fault !== undefined) reader.fault('url', fault);
  return parseRequestTemplate(url, 'url', (message) => reader.fault('url', message));
}

function parseHeaders(reader: SettingsReader): Map<string, RequestTemplate> {
  const written = readWrittenHeaders(reader.value('headers'), (path, message) => reader.fault(path, message));
  return new Map(
    written.map(({ name, text, path }) => [
      name,
      parseRequestTemplate(text, 'header', (message) => reader.fault(path, message)),
    ]),
  );
}

function parseForm(reader: SettingsReader, body: JsonObject): GatewaySettings['request']['body'] {
  const fields = new Map<string, RequestTemplate>();
  for (const [name, value] of Object.entries(body)) {
    const path = `body.${name}`;
    if (typeof value === 'object') reader.fault(path, 'expected a text: forms have no objects');
    else
      fields.set(
        name,
        parseRequestTemplate(String(value), 'form', (message) => reader.fault(path, message)),
      );
  }
  return { kind: 'form', fields };
}

function parseBody(
  reader: SettingsReader,
  method: Method,
  type: ContentType,
): GatewaySettings['request']['body'] {
  const body: JsonValue | undefined = reader.value('body');
  if (body === undefined) return { kind: 'none' };
  if (method === 'GET') {
    reader.fault('body', 'a GET has no body');
    return { kind: 'none' };
  }
  if (typeof body === 'string') {
    const template = parseRequestTemplate(body, type, (message) => reader.fault('body', message));
    return { kind: 'text', template };
  }
  if (type === 'form' && isJsonObject(body)) return parseForm(reader, body);
  if (type === 'form') reader.fault('body', 'expected a text or an object');
  const value = parseRequestBody(body, 'body', (path, message) => reader.fault(path, message));
  return { kind: 'json', value };
}

function parseRequest(reader: SettingsReader): GatewaySettings['request'] {
  const givenMethod = reader.value('method') ?? 'POST';
  const method = methods.find((known) => known === givenMethod);
  if (method === undefined) reader.fault('method', `expected one of ${methods.join(', ')}`);
  const givenType = reader.value('content_type') ?? 'json';
  if (givenType !== 'json' && givenType !== 'form') reader.fault('content_type', 'expected form or json');
  const type = givenType === 'form' ? 'form' : 'json';
  const headers = parseHeaders(reader);
  const body = parseBody(reader, method ?? 'POST', type);
  if (body.kind !== 'none' && !headers.has('content-type')) {
    headers.set(
      'content-type',
      parseRequestTemplate(contentTypes[type], 'header', () => {}),
    );
  }
  return { method: method ?? 'POST', url: parseUrl(reader), headers, body };
}

function parseId(reader: SettingsReader): GatewaySettings['answer']['id'] {
  const given = reader.text('id');
  if (given === undefined) return null;
  if (given.startsWith('/')) return { kind: 'pointer', pointer: reader.pointer('id') ?? '' };
  const pattern = reader.pattern('id');
  if (pattern === null) return null;
  // An alternative that is empty always matches, and so tells how many groups there are.
  const groups = (new RegExp(`${pattern.source}|`, 'su').exec('')?.length ?? 1) - 1;
  if (groups === 0) reader.fault('id', 'expected a JSON pointer, or a regular expression with a group');
  return { kind: 'pattern', pattern };
}

function parseAnswer(reader: SettingsReader): GatewaySettings['answer'] {
  const accepted = reader.object('accepted');
  const temporary = reader.object('temporary');
  return {
    accepted: { statuses: accepted.statuses('status') ?? null, pattern: accepted.pattern('pattern') },
    id: parseId(reader),
    temporary: { statuses: temporary.statuses('status') ?? [], pattern: temporary.pattern('pattern') },
    badAddress: reader.object('bad_address').pattern('pattern'),
  };
}

function secretNamesOf(request: GatewaySettings['request']): string[] {
  const { body } = request;
  const templates = [request.url, ...request.headers.values()];
  if (body.kind === 'text') templates.push(body.template);
  if (body.kind === 'form') templates.push(...body.fields.values());
  if (body.kind === 'json') templates.push(...leavesOf(body.value));
  return [...new Set(templates.flatMap(secretsIn))].toSorted();
}

/**
 * Reads the settings of a sender of kind `gateway`, as docs/gateways.md describes them; keys that it does not know,
 * such as `secrets`, are passed over.
 * @returns the settings, or everything that is wrong with them.
 */
export function parseGatewaySettings(body: JsonObject): Outcome<GatewaySettings, SettingsFault[]> {
  const faults: SettingsFault[] = [];
  const reader = new SettingsReader(body, '', faults);
  if (reader.value('kind') !== 'gateway') reader.fault('kind', 'expected gateway');
  const request = parseRequest(reader.object('request'));
  const settings: GatewaySettings = {
    request,
    answer: parseAnswer(reader.object('answer')),
    report: parseReportFormat(reader.object('report')),
    rate: reader.value('rate') === undefined ? null : reader.number('rate', 1, [0.01, 100_000]),
    concurrency: Math.round(reader.number('concurrency', DEFAULT_CONCURRENCY, [1, 1_000])),
    timeoutMs: Math.round(reader.number('timeout', DEFAULT_TIMEOUT_SECONDS, [0.1, 120]) * 1_000),
    maxLength:
      reader.value('max_length') === undefined ? null : reader.number('max_length', 1, [1, 1_000_000]),
    secretNames: secretNamesOf(request),
  };
  return faults.length > 0 ? failure(faults) : success(settings);
}
