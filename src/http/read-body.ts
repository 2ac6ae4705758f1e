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
