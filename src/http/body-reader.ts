import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock, Outcome } from '../base/index.ts';
import { type BodyGate, type Pass, SMALL_BODY_BYTES } from './body-gate.ts';
import { decodeText } from './parse-json.ts';
import { freeBytes, type ReadBody, readBody } from './read-body.ts';

/** From the turn of a body to its last byte, for one that had to wait: the server's own limit counts from its arrival. */
const READ_LIMIT_MS = 300_000;

/** A body as it was read. */
export type HeldBody =
  | {
      readonly kind: 'whole';
      readonly length: number;
      /** Without a byte order mark; or why it is no text. */
      readonly text: Outcome<string, string>;
      /** SHA-256 of its bytes. */
      readonly hash: Buffer;
      /** To be called when nothing that was made of the body is needed any more: the next one gets its place. */
      readonly leave: () => void;
    }
  | Exclude<ReadBody, { kind: 'whole' }>;

export interface BodyRules {
  readonly limitBytes: number;
  /** How much of the gate each byte takes, 1 for JSON: what is made of other bodies may be many times as large. */
  readonly weight: number;
}

/** The place at the gate of one body. */
class Turn {
  readonly #gate: BodyGate;
  readonly #clock: Clock;
  readonly #patient: WeakSet<Socket>;
  readonly #request: IncomingMessage;
  /** That the client has gone, or that the server has cut it off. */
  readonly #gone = new AbortController();
  readonly #isRead = new AbortController();
  readonly #tellGone = (): void => this.#gone.abort();
  #pass: Pass | undefined;
  #isBounded = false;

  constructor(gate: BodyGate, clock: Clock, patient: WeakSet<Socket>, request: IncomingMessage) {
    this.#gate = gate;
    this.#clock = clock;
    this.#patient = patient;
    this.#request = request;
    request.once('close', this.#tellGone);
  }

  /**
   * Waits for a place for so many bytes. One that the body has is given back when it has got the other.
   * @returns false when the client has gone before.
   */
  async take(bytes: number): Promise<boolean> {
    const { socket } = this.#request;
    this.#patient.add(socket);
    if (socket.destroyed) this.#gone.abort();
    const pass = await this.#gate.enter(bytes, this.#gone.signal);
    this.#pass?.leave();
    this.#pass = pass;
    if (pass?.hasWaited && !this.#isBounded) this.#boundReading();
    if (!this.#isBounded) this.#patient.delete(socket);
    return pass !== undefined;
  }

  endReading(): void {
    this.#isRead.abort();
    this.#patient.delete(this.#request.socket);
    this.#request.off('close', this.#tellGone);
  }

  readonly leave = (): void => this.#pass?.leave();

  /** The server says once that a request takes too long, and was told that this one may. */
  #boundReading(): void {
    this.#isBounded = true;
    const { signal } = this.#isRead;
    void this.#clock.sleep(READ_LIMIT_MS, signal).then(() => {
      if (!signal.aborted) this.#request.destroy();
    });
  }
}

/** Reads bodies whole, no more of them at a time than the gate lets in. */
export class BodyReader {
  readonly #gate: BodyGate;
  readonly #clock: Clock;
  readonly #patient: WeakSet<Socket>;

  /** @param patient connections whose requests may take longer than the server's own limit. */
  constructor(gate: BodyGate, clock: Clock, patient: WeakSet<Socket>) {
    this.#gate = gate;
    this.#clock = clock;
    this.#patient = patient;
  }

  async read(request: IncomingMessage, { limitBytes, weight }: BodyRules): Promise<HeldBody> {
    const header = request.headers['content-length'];
    const declared = Number(header ?? 0);
    const turn = new Turn(this.#gate, this.#clock, this.#patient, request);
    // Without a length it is taken for a small one, until it shows that it is not.
    const asked = header === undefined ? SMALL_BODY_BYTES : declared * weight;
    const threshold =
      header === undefined
        ? { bytes: SMALL_BODY_BYTES / weight, pass: () => turn.take(limitBytes * weight) }
        : undefined;
    // One that is too large is refused at once, and nothing of it is kept.
    const mayRead = declared > limitBytes || (await turn.take(asked));
    const read: ReadBody = mayRead
      ? await readBody(request, declared, limitBytes, threshold)
      : { kind: 'aborted' };
    turn.endReading();
    if (read.kind !== 'whole') {
      turn.leave();
      return read;
    }
    const { length } = read.bytes;
    const hash = createHash('sha256').update(read.bytes).digest();
    const text = decodeText(read.bytes);
    freeBytes(read.bytes);
    return { kind: 'whole', length, text, hash, leave: turn.leave };
  }
}
