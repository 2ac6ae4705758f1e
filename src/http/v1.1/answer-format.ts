import type { FastifyRequest } from 'fastify';
import { invalidRequest, isObject } from '../../base/index.ts';
import type { TableFormat } from '../print-table.ts';
import { queryText } from '../secrets.ts';

/** Whether the body of a request is meant to be XML, by its content type. */
export function hasXmlBody(request: FastifyRequest): boolean {
  return /^[^;]*[/+]xml\b/i.test(request.headers['content-type'] ?? '');
}

/** Why a body cannot be understood, whatever is in it; known before it is read. */
export function codingFault(request: FastifyRequest): string | undefined {
  const coding = request.headers['content-encoding'];
  if (coding !== undefined && coding !== 'identity') return 'http: a compressed body is not understood';
  return undefined;
}

/** `format` in the body as `readApiBody` left it; undefined while there is none, and in a broken one. */
function bodyFormat(body: unknown): unknown {
  if (!isObject(body) || !isObject(body['value'])) return undefined;
  const { object } = body['value'];
  return isObject(object) && Object.hasOwn(object, 'format') ? object['format'] : undefined;
}

/** What the body says, else the address; undefined when neither says anything. */
function askedFormat(request: FastifyRequest): unknown {
  const format = bodyFormat(request.body) ?? queryText(request, 'format');
  return format === null || format === '' ? undefined : format;
}

/** The format to answer in, at whatever stage the request is: as asked for, else that of the request's own body. */
export function answerFormat(request: FastifyRequest): 'json' | 'xml' {
  const asked = askedFormat(request);
  if (asked === 'json' || asked === 'xml') return asked;
  return hasXmlBody(request) ? 'xml' : 'json';
}

/** The format of a table that is asked for; undefined = another, or none. Failures are never tables. */
export function tableFormat(request: FastifyRequest): TableFormat | undefined {
  const asked = askedFormat(request);
  return asked === 'csv' || asked === 'ndjson' ? asked : undefined;
}

/** @throws {MusterError} 400 when a format is asked for that the answer has not. */
export function requireFormat(request: FastifyRequest, isTable: boolean): void {
  const asked = askedFormat(request);
  if (asked === undefined || asked === 'json' || asked === 'xml') return;
  if (isTable && tableFormat(request) !== undefined) return;
  const expected = isTable ? 'expected json, xml, csv or ndjson' : 'expected json or xml';
  throw invalidRequest(
    'format',
    tableFormat(request) !== undefined ? `the answer is no table; ${expected}` : expected,
  );
}
