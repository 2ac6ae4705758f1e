import type { Readable } from 'node:stream';

/** A request body as far as it was read. */
export type ReadBody =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  /** `drained` resolves when the client has sent all of it, or has gone. */
  | { readonly kind: 'too-large'; readonly drained: Promise<void> }
  | { readonly kind: 'aborted' };

/**
 * Reads a request body of at most `limit` bytes. Resolves as soon as the limit is passed, by the declared length even
 * before the first byte, and from then on drops what still comes. It is drained rather than cut off because a client
 * that is still sending when its connection is reset never reads the answer; the server's request time-out bounds it.
 */
export function readBody(stream: Readable, declaredLength: number, limit: number): Promise<ReadBody> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let length = 0;
    const { promise: drained, resolve: endDrain } = Promise.withResolvers<void>();
    function refuse(): void {
      chunks = [];
      resolve({ kind: 'too-large', drained });
    }
    stream.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit || declaredLength > limit) refuse();
      else chunks.push(chunk);
    });
    stream.once('end', () => {
      endDrain();
      resolve({ kind: 'whole', bytes: Buffer.concat(chunks, length) });
    });
    // A client that goes away in the middle is no fault of ours: its request just has no body.
    stream.once('error', () => resolve({ kind: 'aborted' }));
    stream.once('close', () => {
      endDrain();
      resolve({ kind: 'aborted' });
    });
    if (declaredLength > limit) refuse();
  });
}

/** How a body ended that was passed on piece by piece. */
export type PassedBody =
  | { readonly kind: 'whole' }
  | { readonly kind: 'aborted' }
  /** `drained` is that of `ReadBody`. */
  | { readonly kind: 'too-large' | 'stopped'; readonly drained: Promise<void> };

/** Drops what still comes; resolves when the client has sent all of it, or has gone. */
function drain(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.readableEnded) return resolve();
    stream.once('end', resolve).once('error', () => resolve());
    stream.once('close', resolve);
    stream.resume();
  });
}

/** Only without the iterator, which reads by itself, does the stream flow. */
async function leave(chunks: AsyncIterator<Buffer>, stream: Readable): Promise<void> {
  await chunks.return?.();
  await drain(stream);
}

/**
 * Gives a request body of at most `limit` bytes to `take`, chunk by chunk, each when the last was taken: the client
 * is held up in the meantime, and memory stays small. Ends early when `take` returns false; the rest is then drained
 * as `readBody` does it, also after an exception of `take`, which is passed on.
 */
export async function passBody(
  stream: Readable,
  declaredLength: number,
  limit: number,
  take: (chunk: Buffer) => Promise<boolean>,
): Promise<PassedBody> {
  if (declaredLength > limit) return { kind: 'too-large', drained: drain(stream) };
  const chunks: AsyncIterator<Buffer> = stream.iterator({ destroyOnReturn: false });
  let length = 0;
  for (;;) {
    // A client that goes away in the middle is no fault of ours.
    const next = await chunks.next().catch(() => undefined);
    if (next === undefined) return { kind: 'aborted' };
    if (next.done) return { kind: 'whole' };
    const chunk = next.value;
    length += chunk.length;
    if (length > limit) return { kind: 'too-large', drained: leave(chunks, stream) };
    let goesOn: boolean;
    try {
      goesOn = await take(chunk);
    } catch (fault) {
      void leave(chunks, stream);
      throw fault;
    }
    if (!goesOn) return { kind: 'stopped', drained: leave(chunks, stream) };
  }
}
