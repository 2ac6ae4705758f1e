export interface TargetRequest {
  /** GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS. */
  method: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
  /** From connect to the last byte of the answer. Waiting for a free connection to the host is limited apart, to as much. */
  timeoutMs: number;
  /** Bytes of the answer's body that are read at most; a longer one is a fault. */
  maxBytes: number;
  signal?: AbortSignal;
}

/** Reasons are sentences for an operator. They name host, port and address, never a path, a query or a header's value. */
export type TargetOutcome =
  /** Any status, 3xx too. Header names in lower case, several values joined by `, `; the body decoded as UTF-8. */
  | { kind: 'answer'; status: number; headers: Readonly<Record<string, string>>; body: string; ms: number }
  /** The guard or a malformed request: nothing was sent, and nothing would be the next time. */
  | { kind: 'refused'; reason: string }
  /** Network, time-out, abort. `sent` = bytes of the request may have reached the target. */
  | { kind: 'fault'; reason: string; sent: boolean; ms: number };

export interface TargetClient {
  /**
   * Sends one request, once; repeats are the caller's to decide. Never throws or rejects, and settles within twice
   * `timeoutMs`. Redirects are not followed: a 3xx is the answer, since its target was neither chosen nor checked by
   * whoever wrote the URL. `accept-encoding` is always `identity`, and nothing is decompressed.
   */
  request(r: TargetRequest): Promise<TargetOutcome>;
  /**
   * Ends every request under way as a `fault`, closes every connection and resolves when they are closed. Requests
   * made later are faults too. The second call waits for the same end.
   */
  close(): Promise<void>;
}
