/** From the benchmark to a sink. */
export type SinkOrder = { readonly kind: 'expect'; readonly count: number } | { readonly kind: 'tell' };

/** From a sink to the benchmark. `port` is known when it listens; the rest is what has arrived since `expect`. */
export interface SinkMessage {
  readonly kind: 'listening' | 'expecting' | 'arrived' | 'told';
  readonly port: number;
  readonly count: number;
  readonly bytes: number;
  readonly spanMs: number;
}

/** Counts what arrives in a sink's process and talks with the benchmark, in whose absence the process ends. */
export class ArrivalCounter {
  readonly #port: number;
  #expected = Number.POSITIVE_INFINITY;
  #count = 0;
  #bytes = 0;
  #firstAt = 0;
  #lastAt = 0;

  constructor(port: number) {
    this.#port = port;
    // Ctrl-C reaches the whole group; what is under way here still ends well for the server that is being stopped.
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {});
    process.on('disconnect', () => process.exit(0));
    process.on('message', (order: SinkOrder) => {
      if (order.kind === 'tell') return this.#tell('told');
      this.#expected = order.count;
      this.#count = 0;
      this.#bytes = 0;
      this.#tell('expecting');
    });
    this.#tell('listening');
  }

  /** Something is here to its last byte. */
  add(bytes: number): void {
    const now = performance.now();
    if (this.#count === 0) this.#firstAt = now;
    this.#count += 1;
    this.#bytes += bytes;
    this.#lastAt = now;
    if (this.#count === this.#expected) this.#tell('arrived');
  }

  #tell(kind: SinkMessage['kind']): void {
    const spanMs = this.#count === 0 ? 0 : this.#lastAt - this.#firstAt;
    const message: SinkMessage = { kind, port: this.#port, count: this.#count, bytes: this.#bytes, spanMs };
    process.send?.(message);
  }
}
