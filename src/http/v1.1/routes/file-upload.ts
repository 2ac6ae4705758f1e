import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { invalidRequest, type JsonObject, ownValue } from '../../../base/index.ts';
import { withTx } from '../../../db/index.ts';
import { DEFAULT_MIMETYPE, fileNameFault, storeUpload } from '../../../files/index.ts';
import type { BodyReader } from '../../body-reader.ts';
import type { HttpDeps } from '../../deps.ts';
import { beginChange } from '../dedup.ts';
import { dataText } from '../envelope.ts';
import { type ApiCall, type ApiMethod, answerCall, methodSchema } from '../method.ts';
import type { ApiBody } from '../read-api-body.ts';
import { type ReadUpload, UploadReader } from '../read-upload.ts';
import { failure, uploadAnswer, uploadBody } from '../schemas.ts';

export const fileUpload = {
  name: 'file_upload',
  rights: ['import'],
  schema: {
    tags: ['v1.1'],
    summary: 'Store a file; its id is the file_key of attach',
    body: uploadBody,
    response: { 200: { anyOf: [uploadAnswer, failure] } },
  },
} as const satisfies Omit<ApiMethod, 'handle'>;

function readFileName(body: JsonObject): string {
  const name = ownValue(body, 'header');
  if (typeof name !== 'string') throw invalidRequest('header', 'expected the name of the file, a string');
  const fault = fileNameFault(name);
  if (fault !== undefined) throw invalidRequest('header', fault);
  return name;
}

/** Makes a file of what was read. A repeat is answered as the first was, and its content dropped. */
async function storeFile(call: ApiCall, { content, mimetype }: ReadUpload): Promise<string> {
  const { deps, token } = call;
  const name = readFileName(call.body);
  if (content === undefined) throw invalidRequest('data', 'expected base64 or a base64 data URI, a string');
  const keep = await beginChange(call, fileUpload.name);
  const file = {
    name,
    mimetype: mimetype ?? DEFAULT_MIMETYPE,
    tokenId: token.id,
    databaseIds: token.databaseIds,
    now: deps.clock.now(),
  };
  return withTx(deps.db, async (tx) => {
    const text = dataText({ file: await storeUpload(tx, content, file) });
    await keep(tx, text);
    return text;
  });
}

/**
 * Reads, judges and answers one request. What does not become a file is dropped before the answer goes out; the signal
 * tells how many files it became.
 */
async function answerUpload(
  deps: HttpDeps,
  bodies: BodyReader,
  request: FastifyRequest<{ Body: ApiBody | undefined }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const reader = new UploadReader(deps, bodies, request);
  let isStored = false;
  try {
    const read = await reader.read();
    request.body = read.body;
    if (read.body === undefined || !read.body.ok) await reader.discard();
    if (read.drained !== undefined && !reply.raw.shouldKeepAlive) await read.drained;
    const handle = async (call: ApiCall): Promise<string> => {
      const text = await storeFile(call, read);
      isStored = true;
      return text;
    };
    return await answerCall(deps, { ...fileUpload, handle }, request, reply, read.body);
  } finally {
    reader.leave();
    if (!isStored) await reader.discard();
    deps.signals.report(fileUpload.name, 'settled', isStored ? 1 : 0);
  }
}

export function addFileUpload(app: FastifyInstance, deps: HttpDeps, bodies: BodyReader): void {
  app.post<{ Body: ApiBody | undefined }>(
    `/${fileUpload.name}`,
    { schema: methodSchema(fileUpload) },
    (request, reply) => answerUpload(deps, bodies, request, reply),
  );
}
