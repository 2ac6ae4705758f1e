import type { Hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type Clock, isObject, MusterError } from '../../base/index.ts';

/** A client that sends nothing for so long while the server is ready to read is cut off. */
const SILENT_MS = 60_000;
/** How long the rest of a refused body is still read, so that its sender gets to read the answer. */
const DRAIN_MS = 60_000;

/** The body ends before its end: the client is gone, broke its framing, or said nothing for too long. */
function brokenStream(): MusterError {
  return new MusterError(400, { detail: 'http: the connection ended before the body did' });
}

/** @throws {MusterError} 400 for a coding that is not understood. */
export function requireCoding(request: IncomingMessage): 'gzip' | 'identity' {
  const coding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (coding === 'gzip' || coding === 'x-gzip') return 'gzip';
  if (coding === 'identity' || coding === '') return 'identity';
  throw new MusterError(400, {
    detail: 'http: the content encoding is not understood, expected gzip or none',
  });
}

function openBody(request: IncomingMessage): Readable {
  if (requireCoding(request) === 'identity') return request;
  const gunzip = createGunzip();
  request.once('error', () => gunzip.destroy(brokenStream()));
  // Not `pipeline`, which would close the connection, and with it the answer, when the body is no gzip.
  return request.pipe(gunzip);
}

function isZlibFault(thrown: unknown): boolean {
  return isObject(thrown) && typeof thrown['code'] === 'string' && thrown['code'].startsWith('Z_');
}

/**
 * The body as it comes, unpacked, each piece after the one before it was dealt with; `hash` sees all of them.
 * @throws {MusterError} 400 when it breaks off, or is not the gzip that it claims to be.
 */
export async function* readPieces(
  request: IncomingMessage,
  clock: Clock,
  hash: Hash,
): AsyncGenerator<Buffer, void> {
  const source = openBody(request);
  const pieces: AsyncIterator<Buffer> = source.iterator({ destroyOnReturn: false });
  try {
    for (;;) {
      const came = new AbortController();
      void clock.sleep(SILENT_MS, came.signal).then(() => {
        if (!came.signal.aborted) request.destroy(brokenStream());
      });
      const next = await pieces.next().finally(() => came.abort());
      if (next.done === true) return;
      hash.update(next.value);
      yield next.value;
    }
  } catch (thrown) {
    if (isZlibFault(thrown)) throw new MusterError(400, { detail: 'body: not valid gzip' });
    throw brokenStream();
  } finally {
    await pieces.return?.();
    if (source !== request) {
      request.unpipe();
      source.destroy();
    }
  }
}

/** Drops what still comes of a body that nobody reads any more; cuts the connection when that takes too long. */
export async function dropRest(request: IncomingMessage, clock: Clock): Promise<void> {
  if (request.complete || request.destroyed) return;
  const { socket } = request;
  const ended = new AbortController();
  function end(): void {
    ended.abort();
    request.off('close', end);
    socket.off('close', end);
  }
  request.once('close', end);
  // A request that was answered does not hear any more that its connection has closed.
  socket.once('close', end);
  request.resume();
  await clock.sleep(DRAIN_MS, ended.signal);
  if (ended.signal.aborted) return;
  end();
  request.destroy();
}
