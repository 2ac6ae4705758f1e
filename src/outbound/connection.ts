import { Socket } from 'node:net';
import { type buildConnector, Client } from 'undici';
import type { Exchange } from './exchange.ts';

/** How long an unused connection stays open when the target names no time; just under the 5 s of many servers. */
const KEEP_ALIVE_MS = 4_000;
const KEEP_ALIVE_MAX_MS = 60_000;

/** One connection to one origin, for one exchange at a time. It connects when it is first used. */
export class Connection {
  readonly #client: Client;
  #connecting: Socket | undefined;

  /** `onLost` is called when the open connection ends, whoever ended it. */
  constructor(origin: string, connect: buildConnector.connector, onLost: (connection: Connection) => void) {
    this.#client = new Client(origin, {
      connect: (options, callback) => {
        // undici's connector returns its socket, though its type does not say so; without it the connection that
        // nobody wants any more would go on being tried until the connector's own time-out.
        const socket: unknown = connect(options, callback);
        if (socket instanceof Socket) this.#connecting = socket;
      },
      pipelining: 1,
      allowH2: false,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MAX_MS,
      // The exchange's own timer covers the whole; two more for each request would only cost.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.#client.on('connect', () => {
      this.#connecting = undefined;
    });
    this.#client.on('disconnect', () => onLost(this));
  }

  carry(exchange: Exchange): void {
    const { method, url, headers, body } = exchange.request;
    exchange.begin();
    this.#client.dispatch({ method, path: url.pathname + url.search, headers, body }, exchange);
  }

  /** Closes it at once, whatever it is doing; resolves when it is closed. */
  async destroy(): Promise<void> {
    this.#connecting?.destroy();
    await this.#client.destroy();
  }
}
