import type { Readable } from 'node:stream';

/** A request body as far as it was read. */
export type ReadBody =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  /** `drained` resolves when the client has sent all of it, or has gone. */
  | { readonly kind: 'too-large'; readonly drained: Promise<void> }
  | { readonly kind: 'aborted' };

/** Where a body of unknown length passes into the share of the large ones. */
export interface Threshold {
  readonly bytes: number;
  /** Called once, when more has come; nothing more is read until it resolves. False = the client has gone meanwhile. */
  readonly pass: () => Promise<boolean>;
}

/** The bytes of a body in one piece of memory: of its declared length from the start, else growing. */
class Collected {
  #bytes: Buffer;
  length = 0;

  /** @param expected bytes; more may come. */
  constructor(expected: number) {
    // Not from the pool of small buffers: it is to be freed alone.
    this.#bytes = Buffer.allocUnsafeSlow(expected);
  }

  push(chunk: Buffer): void {
    const needed = this.length + chunk.length;
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(grown, 0, 0, this.length);
      freeBytes(this.#bytes);
      this.#bytes = grown;
    }
    chunk.copy(this.#bytes, this.length);
    this.length = needed;
  }

  /** All of them, which are the caller's from then on. */
  take(): Buffer {
    const bytes = this.#bytes.subarray(0, this.length);
    this.#bytes = Buffer.alloc(0);
    return bytes;
  }

  drop(): void {
    freeBytes(this.#bytes);
    this.#bytes = Buffer.alloc(0);
  }
}

/** Gives memory back at once that the next garbage collection would free some time. The bytes are gone for all who have them. */
export function freeBytes({ buffer }: Buffer): void {
  if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0);
}

/**
 * Reads a request body of at most `limit` bytes. Resolves as soon as the limit is passed, by the declared length even
 * before the first byte, and from then on drops what still comes. It is drained rather than cut off because a client
 * that is still sending when its connection is reset never reads the answer; the server's request time-out bounds it.
 * @returns bytes that nobody else has: `freeBytes` may be called on them.
 */
export function readBody(
  stream: Readable,
  declaredLength: number,
  limit: number,
  threshold?: Threshold,
): Promise<ReadBody> {
  return new Promise((resolve) => {
    const isTooLong = declaredLength > limit;
    const collected = new Collected(isTooLong ? 0 : declaredLength);
    let rest = threshold;
    let length = 0;
    const { promise: drained, resolve: endDrain } = Promise.withResolvers<void>();
    function refuse(): void {
      collected.drop();
      resolve({ kind: 'too-large', drained });
    }
    function abort(): void {
      collected.drop();
      resolve({ kind: 'aborted' });
    }
    stream.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (isTooLong) return;
      if (length > limit) return refuse();
      collected.push(chunk);
      if (rest === undefined || length <= rest.bytes) return;
      stream.pause();
      void rest.pass().then((mayGoOn) => (mayGoOn ? stream.resume() : abort()));
      rest = undefined;
    });
    stream.once('end', () => {
      endDrain();
      if (!isTooLong && length <= limit) resolve({ kind: 'whole', bytes: collected.take() });
    });
    // A client that goes away in the middle is no fault of ours: its request just has no body.
    stream.once('error', abort);
    stream.once('close', () => {
      endDrain();
      abort();
    });
    if (isTooLong) refuse();
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
