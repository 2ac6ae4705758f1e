import type { FastifyReply } from 'fastify';
import { type ErrorCode, isJsonObject, type JsonObject, parseJson } from '../../base/index.ts';
import { printHeader, printRows, tableTypes } from '../print-table.ts';
import { answerFormat, tableFormat } from './answer-format.ts';
import { printXml } from './print-xml.ts';

/**
 * The answers of the dialect as JSON text, which is also what is kept of them for repeats. The order of their keys is
 * that of the platform's page: some clients compare whole answers, so it is part of the promise.
 */
export const SUCCESS = { error: 0, error_text: 'Successful operation' } as const;

/** `{"error":0,"error_text":"Successful operation",…}`: methods that answer with keys of their own. */
export function successText(own: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ ...SUCCESS, ...own });
}

/** `{"data":…,"error":0,"error_text":"Successful operation"}`: methods that answer with data, and keys beside it. */
export function dataText(data: unknown, own: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ data, ...own, ...SUCCESS });
}

/** `{"data":[…],"error":0,"error_text":"…","next_from_id":2,"total_count":1}`: methods that answer with a page. */
export function listText({ data, ...rest }: { readonly data: readonly unknown[] }): string {
  return JSON.stringify({ data, ...SUCCESS, ...rest });
}

/** Methods that answer with data, and with keys of their own beside it. */
export function dataAndOwnText(data: unknown, own: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ data, ...SUCCESS, ...own });
}

/** `{"error":400,"error_debug":"…","error_text":"Invalid request"}`. */
export function failureText(code: ErrorCode, text: string, debug: string | undefined): string {
  return JSON.stringify({ error: code, error_debug: debug, error_text: text });
}

function readAnswer(text: string): JsonObject {
  const answer = parseJson(text);
  if (!isJsonObject(answer)) throw new TypeError('an answer is an object');
  return answer;
}

/**
 * Sends an answer, whose JSON is `text`, in the format that the request asks for. The HTTP status is 200 whatever `code`
 * says, since clients of the platform lose records on any other, unless the operator has asked for a status that
 * follows it.
 */
export function sendText(
  reply: FastifyReply,
  code: 0 | ErrorCode,
  text: string,
  mirrorStatus: boolean,
): FastifyReply {
  reply.errorCode = code;
  const format = answerFormat(reply.request);
  return reply
    .code(code !== 0 && mirrorStatus ? code : 200)
    .type(`application/${format}; charset=utf-8`)
    .send(format === 'xml' ? printXml(readAnswer(text)) : text);
}

/** Where the next page begins, for formats that have room for rows alone. */
const NEXT_PAGE = 'x-next-page';

/**
 * Sends a successful answer of a method whose `data` is a table with these columns: as a table when that is asked for.
 * The key of the answer that begins with `next_` is then a header.
 */
export function sendTable(
  reply: FastifyReply,
  text: string,
  columns: readonly string[],
  mirrorStatus: boolean,
): FastifyReply {
  const format = tableFormat(reply.request);
  if (format === undefined) return sendText(reply, 0, text, mirrorStatus);
  const { data, ...own } = readAnswer(text);
  const rows = Array.isArray(data) ? data.filter(isJsonObject) : [];
  for (const [key, next] of Object.entries(own)) {
    if (key.startsWith('next_') && next !== null) reply.header(NEXT_PAGE, String(next));
  }
  return reply.type(tableTypes[format]).send(printHeader(format, columns) + printRows(format, columns, rows));
}
