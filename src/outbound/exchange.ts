import type { Dispatcher } from 'undici';
import type { CheckedRequest } from './check-request.ts';
import { faultReason, spell } from './fault-reason.ts';
import { hostOf, TargetRefused } from './target-guard.ts';
import type { TargetOutcome } from './target-request.ts';

type Stage = 'waiting' | 'connecting' | 'sent' | 'answering' | 'settled';

/** Is told the outcome, once; `clean` = the answer was read to its end, so the connection may serve another. */
export type Settle = (exchange: Exchange, outcome: TargetOutcome, clean: boolean) => void;

const decoder = new TextDecoder();

/** One request from its wait for a connection to its outcome: the handler that undici calls, with time-out and abort. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly request: CheckedRequest;
  readonly #settle: Settle;
  readonly #timer: NodeJS.Timeout;
  readonly #abort = (): void => this.fail('stopped before the answer was complete');
  #stage: Stage = 'waiting';
  #since = performance.now();
  #status = 0;
  #headers: Record<string, string> = {};
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(request: CheckedRequest, settle: Settle) {
    this.request = request;
    this.#settle = settle;
    this.#timer = setTimeout(() => this.fail(this.#lateReason()), request.timeoutMs);
    request.signal?.addEventListener('abort', this.#abort, { once: true });
  }

  get isSettled(): boolean {
    return this.#stage === 'settled';
  }

  /** A connection is given to it: the time-out begins. */
  begin(): void {
    this.#stage = 'connecting';
    this.#since = performance.now();
    this.#timer.refresh();
  }

  /** Ends it as a fault, unless it has ended. */
  fail(reason: string): void {
    const sent = this.#stage === 'sent' || this.#stage === 'answering';
    this.#end({ kind: 'fault', reason, sent, ms: this.#elapsedMs() }, false);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // undici starts a request again when an unused connection broke under it; one that was begun is sent only once.
    if (this.#stage === 'connecting') this.#stage = 'sent';
    else controller.abort(new Error('not to be sent'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    // 1xx comes before the answer proper.
    if (status < 200 || this.isSettled) return;
    this.#stage = 'answering';
    this.#status = status;
    for (const name of Object.keys(headers)) {
      const value = headers[name];
      if (value !== undefined) this.#headers[name] = typeof value === 'string' ? value : value.join(', ');
    }
    const hasBody = this.request.method !== 'HEAD' && status !== 204 && status !== 304;
    if (hasBody && Number(this.#headers['content-length']) > this.request.maxBytes) this.#failTooLong();
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.isSettled) return;
    this.#bytes += chunk.length;
    if (this.#bytes > this.request.maxBytes) this.#failTooLong();
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.isSettled) return;
    const [only, second] = this.#chunks;
    const bytes = only !== undefined && second === undefined ? only : Buffer.concat(this.#chunks);
    const body = bytes.length === 0 ? '' : decoder.decode(bytes);
    const ms = this.#elapsedMs();
    this.#end({ kind: 'answer', status: this.#status, headers: this.#headers, body, ms }, true);
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    const { url } = this.request;
    if (error instanceof TargetRefused) this.#end({ kind: 'refused', reason: error.message }, false);
    else this.fail(faultReason(error, url.host, hostOf(url)));
  }

  #failTooLong(): void {
    this.fail(`the answer is longer than ${this.request.maxBytes} bytes`);
  }

  #end(outcome: TargetOutcome, clean: boolean): void {
    if (this.isSettled) return;
    this.#stage = 'settled';
    clearTimeout(this.#timer);
    this.request.signal?.removeEventListener('abort', this.#abort);
    this.#chunks = [];
    this.#settle(this, outcome, clean);
  }

  #elapsedMs(): number {
    return Math.round(performance.now() - this.#since);
  }

  #lateReason(): string {
    const { timeoutMs, url } = this.request;
    const limit = spell(timeoutMs);
    switch (this.#stage) {
      case 'waiting':
        return `all connections to ${url.host} were busy for ${limit}`;
      case 'connecting':
        return `no connection to ${url.host} within ${limit}`;
      case 'answering':
        return `no complete answer within ${limit}`;
      default:
        return `no answer within ${limit}`;
    }
  }
}
