import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { findToken, mayUse } from '../../accounts/index.ts';
import { failure, type JsonObject, ownValue, success } from '../../base/index.ts';
import { DataDecoder, startUpload, type Upload, type UploadedContent } from '../../files/index.ts';
import type { BodyReader } from '../body-reader.ts';
import type { HttpDeps } from '../deps.ts';
import { type PassedBody, passBody } from '../read-body.ts';
import { MemberSplitter } from '../split-member.ts';
import { codingFault, hasXmlBody } from './answer-format.ts';
import { ABORTED, type ApiBody, readApiBody, TOO_LARGE } from './read-api-body.ts';

/** What the object may hold beside its content: a name, a token, keys that are ignored. */
const REST_LIMIT_BYTES = 65_536;

/** The body of an upload, its content already stored in pieces. */
export interface ReadUpload {
  /** undefined = there was none. In the object, `data` is empty. */
  readonly body: ApiBody | undefined;
  /** Absent when the body is faulty or has no `data` that is a string. */
  readonly content?: UploadedContent;
  /** As the data URI names it. */
  readonly mimetype?: string | undefined;
  /** Given when it is clear before the end of the body that the token will be refused. */
  readonly drained?: Promise<void>;
}

function faulty(detail: string, drained?: Promise<void>): ReadUpload {
  return { body: failure(drained === undefined ? { detail } : { detail, drained }) };
}

/**
 * Whether the token in the members before the content is no good, so that nothing need be stored. A token after it, in
 * the header or in the address is judged at the end, since one in the body comes before them.
 */
async function isRefused(deps: HttpDeps, before: JsonObject | undefined): Promise<boolean> {
  const secret = before === undefined ? undefined : ownValue(before, 'token');
  if (typeof secret !== 'string' || secret === '') return false;
  const token = await findToken(deps.db, secret);
  return token === undefined || !mayUse(token, 'import');
}

/**
 * Reads the body of `file_upload` and stores its content as it comes, before it is known who sends it. Whoever calls
 * this must call `leave`, and `discard` unless the content became a file.
 */
export class UploadReader {
  readonly #deps: HttpDeps;
  readonly #bodies: BodyReader;
  readonly #request: FastifyRequest;
  readonly #decoder = new DataDecoder();
  #upload: Upload | undefined;
  /** Gives up the place at the gate, where there is one. */
  leave: () => void = () => {};

  constructor(deps: HttpDeps, bodies: BodyReader, request: FastifyRequest) {
    this.#deps = deps;
    this.#bodies = bodies;
    this.#request = request;
  }

  /** Faults of the body are in the result; only those of the database are thrown. */
  async read(): Promise<ReadUpload> {
    const fault = codingFault(this.#request);
    if (fault !== undefined) {
      this.#request.raw.resume();
      return faulty(fault);
    }
    return hasXmlBody(this.#request) ? this.#readXml() : this.#readJson();
  }

  /** Safe to call twice, and after the content became a file. */
  async discard(): Promise<void> {
    const upload = this.#upload;
    this.#upload = undefined;
    await upload?.discard();
  }

  get #declaredLength(): number {
    return Number(this.#request.headers['content-length'] ?? 0);
  }

  async #readJson(): Promise<ReadUpload> {
    const hash = createHash('sha256');
    const splitter = new MemberSplitter('data', REST_LIMIT_BYTES);
    let fault: string | undefined;
    let length = 0;
    let isJudged = false;
    const limit = this.#deps.config.uploadLimitBytes;
    const passed = await passBody(this.#request.raw, this.#declaredLength, limit, async (chunk) => {
      length += chunk.length;
      hash.update(chunk);
      const text = splitter.push(chunk);
      if (!text.ok) {
        fault = text.error;
        return false;
      }
      if (splitter.hasBegun && !isJudged) {
        isJudged = true;
        if (await isRefused(this.#deps, splitter.readBefore())) return false;
      }
      fault = await this.#pushText(text.value);
      return fault === undefined;
    });
    const ended = endOf(passed, fault);
    if (ended !== undefined) return ended;
    if (passed.kind === 'stopped') {
      const object = splitter.readBefore() ?? {};
      return { body: success({ object, hash: hash.digest() }), drained: passed.drained };
    }
    if (length === 0) return { body: undefined };
    const object = splitter.end();
    if (!object.ok) return faulty(object.error);
    const body = success({ object: object.value, hash: hash.digest() });
    return splitter.hasBegun ? this.#end(body) : { body };
  }

  /** XML is read whole, so it has the limit of every other body, and a place at the gate. */
  async #readXml(): Promise<ReadUpload> {
    const { bodyLimitBytes } = this.#deps.config;
    const { body, leave } = await readApiBody(this.#bodies, this.#request, bodyLimitBytes);
    this.leave = leave;
    if (!body.ok) return { body };
    const data = ownValue(body.value.object, 'data');
    if (typeof data !== 'string') return { body };
    const fault = await this.#pushText(data);
    return fault === undefined ? this.#end(body) : faulty(fault);
  }

  async #pushText(text: string): Promise<string | undefined> {
    const bytes = this.#decoder.push(text);
    if (!bytes.ok) return `data: ${bytes.error}`;
    if (bytes.value.length > 0) await (await this.#start()).push(bytes.value);
    return undefined;
  }

  async #start(): Promise<Upload> {
    this.#upload ??= await startUpload(this.#deps.db, this.#deps.clock.now());
    return this.#upload;
  }

  async #end(body: ApiBody): Promise<ReadUpload> {
    const last = this.#decoder.end();
    if (!last.ok) return faulty(`data: ${last.error}`);
    const upload = await this.#start();
    await upload.push(last.value);
    return { body, content: await upload.end(), mimetype: this.#decoder.mimetype };
  }
}

/** What a body that did not come whole is answered with; undefined when there is no fault in the body itself. */
function endOf(passed: PassedBody, fault: string | undefined): ReadUpload | undefined {
  if (passed.kind === 'aborted') return faulty(ABORTED);
  if (passed.kind === 'too-large') return faulty(TOO_LARGE, passed.drained);
  if (passed.kind === 'stopped' && fault !== undefined) return faulty(fault, passed.drained);
  return undefined;
}
