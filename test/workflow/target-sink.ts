import type { IncomingHttpHeaders } from 'node:http';
import { readBody, serveHttp } from '../outbound/target-server.ts';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A target on the loopback address: keeps what it gets and answers as the test says. */
export interface TargetSink {
  readonly url: string;
  readonly received: Received[];
  /** Gives the answer to a request, 1 = the first one; a promise holds it back. */
  answer: (count: number, request: Received) => Answer | Promise<Answer>;
  /** Resolves when the next request has come in. */
  next(): Promise<void>;
  /** Forgets what it got, and answers 200 without a body. */
  clear(): void;
  stop(): Promise<void>;
}

const ok = (): Answer => ({ status: 200 });

export async function startSink(): Promise<TargetSink> {
  let arrival = Promise.withResolvers<void>();
  const server = await serveHttp(async (request, response) => {
    const body = await readBody(request);
    const { method = '', url = '', headers } = request;
    const received = { method, url, headers, body };
    sink.received.push(received);
    arrival.resolve();
    arrival = Promise.withResolvers<void>();
    const answer = await sink.answer(sink.received.length, received);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  const sink: TargetSink = {
    url: server.url,
    received: [],
    answer: ok,
    next: () => arrival.promise,
    clear: () => {
      sink.received.length = 0;
      sink.answer = ok;
    },
    stop: server.stop,
  };
  return sink;
}

/** An answer of JSON type. */
export function jsonAnswer(value: unknown): Answer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
