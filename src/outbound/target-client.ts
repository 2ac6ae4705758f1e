import dns from 'node:dns';
import { isIP } from 'node:net';
import { buildConnector } from 'undici';
import { checkRequest } from './check-request.ts';
import { addressFault } from './judge-address.ts';
import { OriginPool } from './origin-pool.ts';
import { guardedLookup, type ResolveAll, TargetRefused } from './target-guard.ts';
import type { TargetClient, TargetOutcome, TargetRequest } from './target-request.ts';

const DEFAULT_CONNECTIONS_PER_HOST = 32;
/** Origins whose connections are kept open while nothing is under way; the least recently used is closed first. */
const MAX_ORIGINS = 256;
const CLOSED = 'the server is stopping';

export interface GuardedClientOptions {
  readonly allowPrivate: boolean;
  readonly connectionsPerHost: number;
  readonly maxOrigins: number;
  readonly resolve: ResolveAll;
}

/** undici's connector behind the guard. Node resolves nothing for a literal address, so that is judged here. */
function guardedConnector({ allowPrivate, resolve }: GuardedClientOptions): buildConnector.connector {
  const connect = buildConnector({
    lookup: guardedLookup(resolve, allowPrivate),
    allowH2: false,
    // The exchange's timer ends it.
    timeout: 0,
  });
  return (options, callback) => {
    const fault = isIP(options.hostname) === 0 ? undefined : addressFault(options.hostname, allowPrivate);
    if (fault === undefined) return connect(options, callback);
    callback(new TargetRefused(fault), null);
  };
}

class GuardedTargetClient implements TargetClient {
  readonly #options: GuardedClientOptions;
  readonly #connect: buildConnector.connector;
  /** By origin, the least recently used first. */
  readonly #pools = new Map<string, OriginPool>();
  #closing: Promise<void> | undefined;

  constructor(options: GuardedClientOptions) {
    this.#options = options;
    this.#connect = guardedConnector(options);
  }

  async request(r: TargetRequest): Promise<TargetOutcome> {
    const checked = checkRequest(r, this.#options.allowPrivate);
    if (!checked.ok) return { kind: 'refused', reason: checked.error };
    if (this.#closing !== undefined) return { kind: 'fault', reason: CLOSED, sent: false, ms: 0 };
    if (r.signal?.aborted) return { kind: 'fault', reason: 'stopped before it was sent', sent: false, ms: 0 };
    return await this.#poolOf(checked.value.url.origin).run(checked.value);
  }

  close(): Promise<void> {
    this.#closing ??= Promise.all([...this.#pools.values()].map((pool) => pool.close(CLOSED))).then(() => {});
    return this.#closing;
  }

  #poolOf(origin: string): OriginPool {
    const known = this.#pools.get(origin);
    if (known !== undefined) {
      this.#pools.delete(origin);
      this.#pools.set(origin, known);
      return known;
    }
    if (this.#pools.size >= this.#options.maxOrigins) this.#closeOldestIdle();
    const pool = new OriginPool({
      origin,
      connections: this.#options.connectionsPerHost,
      connect: this.#connect,
      // More origins than are kept may be in use at one time; each goes when it falls idle.
      onIdle: (idle) => {
        if (this.#pools.size > this.#options.maxOrigins) idle.closeIdle();
      },
      onEmpty: (empty) => this.#pools.delete(empty.origin),
    });
    this.#pools.set(origin, pool);
    return pool;
  }

  #closeOldestIdle(): void {
    for (const pool of this.#pools.values()) {
      if (!pool.isIdle) continue;
      pool.closeIdle();
      return;
    }
  }
}

/** For this room's tests, which bring their own resolver and small limits; everybody else takes `createTargetClient`. */
export function createGuardedClient(options: GuardedClientOptions): TargetClient {
  return new GuardedTargetClient(options);
}

/**
 * A client with its own connections, kept alive between requests. `connectionsPerHost` (32) bounds those to one origin;
 * further requests wait in line. `allowPrivate` is MUSTER_ALLOW_PRIVATE_TARGETS. Holds nothing open until it is used.
 */
export function createTargetClient(options: {
  allowPrivate: boolean;
  connectionsPerHost?: number;
}): TargetClient {
  return createGuardedClient({
    allowPrivate: options.allowPrivate,
    connectionsPerHost: options.connectionsPerHost ?? DEFAULT_CONNECTIONS_PER_HOST,
    maxOrigins: MAX_ORIGINS,
    resolve: dns.lookup,
  });
}
