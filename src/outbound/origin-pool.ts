import type { buildConnector } from 'undici';
import type { CheckedRequest } from './check-request.ts';
import { Connection } from './connection.ts';
import { Exchange } from './exchange.ts';
import type { TargetOutcome } from './target-request.ts';

export interface OriginPoolOptions {
  readonly origin: string;
  readonly connections: number;
  readonly connect: buildConnector.connector;
  /** Nothing is under way any more, and connections are open. */
  readonly onIdle: (pool: OriginPool) => void;
  /** Nothing is under way and nothing is open: the pool may be forgotten. */
  readonly onEmpty: (pool: OriginPool) => void;
}

/**
 * The connections to one origin and the line of those who wait for one, first come, first served. undici's own Pool is
 * not used for this: a request that is given up would stay in its line, and keep a connection that is being opened
 * from the next one.
 */
export class OriginPool {
  readonly origin: string;
  readonly #options: OriginPoolOptions;
  readonly #idle: Connection[] = [];
  readonly #active = new Map<Exchange, Connection>();
  readonly #waiting = new Set<Exchange>();
  readonly #ending = new Set<Promise<void>>();

  constructor(options: OriginPoolOptions) {
    this.origin = options.origin;
    this.#options = options;
  }

  /** Nothing is under way and connections are open. Nobody waits then, since one waits only while others are active. */
  get isIdle(): boolean {
    return this.#active.size === 0 && this.#idle.length > 0;
  }

  run(request: CheckedRequest): Promise<TargetOutcome> {
    return new Promise((resolve) => {
      const exchange = new Exchange(request, (settled, outcome, clean) => {
        this.#leave(settled, clean);
        resolve(outcome);
      });
      const connection = this.#freeConnection();
      if (connection === undefined) this.#waiting.add(exchange);
      else this.#start(exchange, connection);
    });
  }

  /** Ends everything under way as faults for that reason; resolves when every connection is closed. */
  async close(reason: string): Promise<void> {
    // Those who wait first, or each end of an active one would start the next of them.
    for (const exchange of [...this.#waiting, ...this.#active.keys()]) exchange.fail(reason);
    this.closeIdle();
    await Promise.all(this.#ending);
  }

  /** Closes the connections that are not in use. */
  closeIdle(): void {
    for (const connection of this.#idle.splice(0)) this.#end(connection);
  }

  /** The most recently used first, so that those not needed grow old and close. */
  #freeConnection(): Connection | undefined {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    return this.#active.size < this.#options.connections ? this.#newConnection() : undefined;
  }

  #newConnection(): Connection {
    return new Connection(this.origin, this.#options.connect, (lost) => {
      const at = this.#idle.indexOf(lost);
      if (at === -1) return;
      this.#idle.splice(at, 1);
      this.#end(lost);
    });
  }

  #start(exchange: Exchange, connection: Connection): void {
    this.#active.set(exchange, connection);
    connection.carry(exchange);
  }

  /** An exchange has its outcome: its connection goes to the next, or is replaced by a new one when it may be broken. */
  #leave(exchange: Exchange, clean: boolean): void {
    this.#waiting.delete(exchange);
    const connection = this.#active.get(exchange);
    if (connection !== undefined) {
      this.#active.delete(exchange);
      if (!clean) this.#end(connection);
      const [next] = this.#waiting;
      if (next !== undefined) {
        this.#waiting.delete(next);
        this.#start(next, clean ? connection : this.#newConnection());
      } else if (clean) this.#idle.push(connection);
    }
    if (this.isIdle) this.#options.onIdle(this);
  }

  #end(connection: Connection): void {
    const ending = connection.destroy().finally(() => {
      this.#ending.delete(ending);
      const isEmpty = this.#active.size + this.#idle.length + this.#ending.size === 0;
      if (isEmpty) this.#options.onEmpty(this);
    });
    this.#ending.add(ending);
  }
}
