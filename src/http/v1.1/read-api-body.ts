import type { FastifyRequest } from 'fastify';
import { failure, type JsonObject, type Outcome, success } from '../../base/index.ts';
import type { BodyReader } from '../body-reader.ts';
import { parseJsonText } from '../parse-json.ts';
import { parseXmlText } from '../parse-xml.ts';
import { codingFault, hasXmlBody } from './answer-format.ts';

export const ABORTED = 'http: the connection ended before the body did';
export const TOO_LARGE = 'http: request body too large';

/** The tree that an XML body is read into takes so many times what JSON does. */
const XML_WEIGHT = 4;

/** A body as `readApiBody` leaves it. */
export type ApiBody = Outcome<
  { readonly object: JsonObject; readonly hash: Buffer },
  { readonly detail: string; readonly drained?: Promise<void> }
>;

/** A body with its place at the gate. */
export interface HeldApiBody {
  readonly body: ApiBody;
  /** To be called when the request was carried out. */
  readonly leave: () => void;
}

const nothing = (): void => {};

/** Reads the body of a request whole. That of every content type but XML, and of none, is tried as JSON. */
export async function readApiBody(
  bodies: BodyReader,
  request: FastifyRequest,
  limitBytes: number,
): Promise<HeldApiBody> {
  const fault = codingFault(request);
  if (fault !== undefined) {
    request.raw.resume();
    return { body: failure({ detail: fault }), leave: nothing };
  }
  const isXml = hasXmlBody(request);
  const read = await bodies.read(request.raw, { limitBytes, weight: isXml ? XML_WEIGHT : 1 });
  if (read.kind === 'too-large') {
    return { body: failure({ detail: TOO_LARGE, drained: read.drained }), leave: nothing };
  }
  if (read.kind === 'aborted') return { body: failure({ detail: ABORTED }), leave: nothing };
  const { text, hash, leave } = read;
  if (!text.ok) return { body: failure({ detail: text.error }), leave };
  const parsed = isXml ? parseXmlText(text.value) : parseJsonText(text.value);
  const body = parsed.ok ? success({ object: parsed.value, hash }) : failure({ detail: parsed.error });
  return { body, leave };
}
