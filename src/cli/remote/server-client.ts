import {
  backoffMs,
  type Clock,
  isJsonObject,
  type JsonObject,
  newUuid,
  ownValue,
  toError,
  tryParseJson,
} from '../../base/index.ts';
import { CliError, Interrupted } from '../cli-error.ts';
import type { ServerAddress } from './find-server.ts';
import { ServerRefusal, ServerUnreachable } from './server-refusal.ts';

/** No answer takes longer, a dry run of many rows included. */
const ANSWER_LIMIT_MS = 300_000;
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 30_000;
/** What the platform's dialect and proxies say where the same request may well succeed a little later. */
const passing = new Set([429, 500, 502, 503, 504]);

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export interface ClientOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** For how many milliseconds a request is tried again that a busy server has put off; 0 = once. */
  readonly patienceMs: number;
  /** The same for a server that cannot be reached. */
  readonly faultPatienceMs: number;
  /** Told before each pause, for a person who waits. */
  readonly onPause?: (reason: string, pauseMs: number) => void;
}

interface Request {
  readonly method: Method;
  readonly path: string;
  /** JSON text. */
  readonly body: string | undefined;
  readonly requestId: string | undefined;
}

interface Answer {
  readonly status: number;
  readonly json: JsonObject | undefined;
  readonly retryAfterMs: number | undefined;
}

interface Failed {
  readonly reason: string;
  /** Of the answer; undefined = there was none. */
  readonly status: number | undefined;
  /** Whether another try may well succeed. */
  readonly isPassing: boolean;
  readonly pauseMs: number | undefined;
  /** Whether the server cannot have carried it out. */
  readonly untouched: boolean;
}

function retryAfterMs(header: string | null): number | undefined {
  const seconds = Number(header ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

function text(json: JsonObject, key: string): string | undefined {
  const value = ownValue(json, key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The status that counts: that of the dialect stands in the body of a 200. */
function statusOf({ status, json }: Answer): number {
  const error = json && ownValue(json, 'error');
  return typeof error === 'number' && error !== 0 ? error : status;
}

/** `error_debug` of the dialect, `detail` of a problem: they name what is at fault. */
function reasonOf({ status, json }: Answer): string {
  if (json === undefined) return `the server answered ${status}`;
  const said = text(json, 'error_debug') ?? text(json, 'detail');
  return said ?? text(json, 'error_text') ?? text(json, 'title') ?? `the server answered ${status}`;
}

/** Faults of a connection, which pass; a redirect, a certificate or an address that is not allowed do not. */
const passingFault = /^(E(?!RR_)[A-Z_]+|UND_ERR_.*)$/;

/** Node hides what happened to a connection behind “fetch failed”. */
function describeFault(thrown: unknown): Pick<Failed, 'reason' | 'isPassing' | 'untouched'> {
  const fault = toError(thrown);
  const cause = fault.cause instanceof Error ? fault.cause : fault;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  if (fault.name === 'TimeoutError') {
    return { reason: `no answer within ${ANSWER_LIMIT_MS / 1000} s`, isPassing: true, untouched: false };
  }
  // “bad port”: one that fetch does not even try.
  const unsent = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'bad port'];
  const untouched = unsent.includes(code ?? cause.message);
  return { reason: code ?? cause.message, isPassing: passingFault.test(code ?? ''), untouched };
}

/** A server, by its API. Requests of the dialect carry a Request-ID, so that those that change may be tried again. */
export class ServerClient {
  readonly url: string;
  readonly #token: string;
  readonly #options: ClientOptions;

  constructor({ url, token }: ServerAddress, options: ClientOptions) {
    this.url = url;
    this.#token = token;
    this.#options = options;
  }

  /** The same server, of which nothing more is wanted once `signal` is aborted. */
  until(signal: AbortSignal): ServerClient {
    const either = AbortSignal.any([this.#options.signal, signal]);
    return new ServerClient({ url: this.url, token: this.#token }, { ...this.#options, signal: either });
  }

  /**
   * A method of /api/v1.1.
   * @param body JSON text, or an object that is printed.
   * @param requestId the same for every try of one request, also those of other processes; absent = a fresh one.
   * @throws {ServerRefusal} when the answer is a failure; {CliError} when there is none.
   */
  async call(name: string, body: string | JsonObject, requestId: string = newUuid()): Promise<JsonObject> {
    return this.#send({
      method: 'POST',
      path: `/api/v1.1/${name}`,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      requestId,
    });
  }

  /** A route below /api/admin. What changes is tried again only where it cannot have been carried out. */
  async admin(method: Method, path: string, body?: JsonObject): Promise<JsonObject> {
    return this.#send({
      method,
      path: `/api/admin${path}`,
      body: body === undefined ? undefined : JSON.stringify(body),
      requestId: undefined,
    });
  }

  async #send(request: Request): Promise<JsonObject> {
    const { clock, signal, patienceMs, faultPatienceMs, onPause } = this.#options;
    const startedAt = clock.now().getTime();
    let wasUntouched = true;
    for (let attempt = 1; ; attempt += 1) {
      const tried = await this.#try(request);
      if ('json' in tried) return tried.json;
      const { reason, status, isPassing, untouched } = tried;
      wasUntouched &&= untouched;
      const pauseMs = tried.pauseMs ?? backoffMs(attempt, FIRST_PAUSE_MS, MAX_PAUSE_MS);
      const mayRepeat = request.method === 'GET' || request.requestId !== undefined || untouched;
      const waitedMs = clock.now().getTime() - startedAt;
      const limitMs = status === undefined ? faultPatienceMs : patienceMs;
      if (!isPassing || !mayRepeat || waitedMs + pauseMs > limitMs) {
        throw this.#giveUp(tried, waitedMs, wasUntouched);
      }
      onPause?.(reason, pauseMs);
      await clock.sleep(pauseMs, signal);
      if (signal.aborted) throw new Interrupted('stopped');
    }
  }

  #giveUp({ reason, status }: Failed, waitedMs: number, wasUntouched: boolean): Error {
    if (status !== undefined) {
      const advice = status === 401 ? ' (--token, MUSTER_TOKEN)' : '';
      return new ServerRefusal(status, reason + advice, wasUntouched);
    }
    const since = waitedMs >= 1_000 ? ` for ${Math.round(waitedMs / 1000)} s` : '';
    return new ServerUnreachable(`${this.url} cannot be reached${since}: ${reason}`, wasUntouched);
  }

  async #try(request: Request): Promise<{ readonly json: JsonObject } | Failed> {
    const { signal } = this.#options;
    let answer: Answer;
    try {
      answer = await this.#fetch(request);
    } catch (thrown) {
      if (signal.aborted) throw new Interrupted('stopped');
      return { ...describeFault(thrown), status: undefined, pauseMs: undefined };
    }
    const { json } = answer;
    const status = statusOf(answer);
    if (status < 300) {
      if (json !== undefined) return { json };
      throw new CliError(`${this.url} answered with something that is no JSON; is it a Muster?`);
    }
    // A request that was understood and refused has changed nothing; of a broken server nobody knows.
    const untouched = status < 500 || status === 503;
    const { retryAfterMs: pauseMs } = answer;
    return { reason: reasonOf(answer), status, isPassing: passing.has(status), pauseMs, untouched };
  }

  async #fetch({ method, path, body, requestId }: Request): Promise<Answer> {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(requestId === undefined ? {} : { 'request-id': requestId }),
      },
      ...(body === undefined ? {} : { body }),
      // Of a redirect a POST would become a GET without its body.
      redirect: 'error',
      signal: AbortSignal.any([this.#options.signal, AbortSignal.timeout(ANSWER_LIMIT_MS)]),
    });
    const json = answer.status === 204 ? {} : tryParseJson(await answer.text());
    return {
      status: answer.status,
      json: isJsonObject(json) ? json : undefined,
      retryAfterMs: retryAfterMs(answer.headers.get('retry-after')),
    };
  }
}
