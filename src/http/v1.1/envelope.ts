import type { FastifyReply } from 'fastify';
import { type ErrorCode, isJsonObject, parseJson } from '../../base/index.ts';
import { answerFormat } from './answer-format.ts';
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

/** `{"data":…,"error":0,"error_text":"Successful operation"}`: methods that answer with data. */
export function dataText(data: unknown): string {
  return JSON.stringify({ data, ...SUCCESS });
}

/** Methods that answer with data, and with keys of their own beside it. */
export function dataAndOwnText(data: unknown, own: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ data, ...SUCCESS, ...own });
}

/** `{"error":400,"error_debug":"…","error_text":"Invalid request"}`. */
export function failureText(code: ErrorCode, text: string, debug: string | undefined): string {
  return JSON.stringify({ error: code, error_debug: debug, error_text: text });
}

function toXml(text: string): string {
  const answer = parseJson(text);
  if (!isJsonObject(answer)) throw new TypeError('an answer is an object');
  return printXml(answer);
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
    .send(format === 'xml' ? toXml(text) : text);
}
