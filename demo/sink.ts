import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isObject } from '../src/base/index.ts';

const MAX_BODY_BYTES = 65_536;
/** Of what is kept for the second look: the demo may run for days. */
const MAX_KEYS = 1_000_000;

export interface SinkFigures {
  readonly calls: number;
  /** Calls whose Idempotency-Key had come before. */
  readonly repeated: number;
  /** Calls without an Idempotency-Key. */
  readonly withoutKey: number;
  /** Calls whose body was no JSON object. */
  readonly unreadable: number;
}

/** The shop's own endpoint, which the workflow calls: it hands out a coupon for each customer. */
export interface Sink {
  readonly url: string;
  /** Since the start; a copy. */
  figures(): SinkFigures;
  /** Calls under way are answered first. */
  stop(): Promise<void>;
}

/** Eight letters and digits that stay the same for the same key, so that a repeated call changes nothing. */
function couponFor(key: string): string {
  return `WELCOME-${createHash('sha256').update(key).digest('hex').slice(0, 8).toUpperCase()}`;
}

/** @returns the whole body, or undefined when it is too long. */
async function readText(request: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request) {
    bytes += piece.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

function isJsonObjectText(text: string | undefined): boolean {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return isObject(value);
  } catch {
    return false;
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}

/** Listens on `port`, or on a free one when another program has it. */
async function listen(server: Server, port: number): Promise<number> {
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (fault) {
    if (port === 0 || !isObject(fault) || (fault['code'] !== 'EADDRINUSE' && fault['code'] !== 'EACCES')) {
      throw fault;
    }
    return listen(server, 0);
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Starts the endpoint on 127.0.0.1. @param port preferred one; 0 takes a free one. */
export async function startSink(port: number): Promise<Sink> {
  const keys = new Set<string>();
  let [calls, repeated, withoutKey, unreadable] = [0, 0, 0, 0];
  const figures = (): SinkFigures => ({ calls, repeated, withoutKey, unreadable });

  async function answerCall(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readText(request);
    calls += 1;
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string') withoutKey += 1;
    else if (keys.has(key)) repeated += 1;
    else if (keys.size < MAX_KEYS) keys.add(key);
    if (isJsonObjectText(text)) {
      send(response, 200, { coupon: couponFor(typeof key === 'string' ? key : String(calls)) });
    } else {
      unreadable += 1;
      send(response, 400, { fault: 'expected a JSON object' });
    }
  }

  const server = createServer((request, response) => {
    if (request.method === 'GET') return send(response, 200, figures());
    if (request.method !== 'POST') return send(response, 405, { fault: 'expected POST' });
    // A caller that went away has nobody to be told.
    answerCall(request, response).catch(() => response.destroy());
  });
  const taken = await listen(server, port);
  return {
    url: `http://127.0.0.1:${taken}`,
    figures,
    stop: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      await closed;
    },
  };
}
