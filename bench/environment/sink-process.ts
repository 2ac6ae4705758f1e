import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isObject } from '../../src/base/index.ts';
import type { SinkMessage, SinkOrder } from '../sinks/sink-protocol.ts';

const FILES = { http: '../sinks/http-sink.ts', mail: '../sinks/mail-sink.ts' } as const;
const WAIT_MS = 600_000;

/** What a sink has seen since it was told to expect something. */
export interface Arrivals {
  readonly count: number;
  /** Of bodies or messages. */
  readonly bytes: number;
  /** ms from the first complete one to the last one that was expected. */
  readonly spanMs: number;
}

/** A target in a process of its own, so that counting costs neither side of a comparison anything. */
export interface SinkProcess {
  readonly port: number;
  /** Begins to count anew. @returns what resolves with the arrival of the last of so many. */
  expect(count: number): Promise<{ readonly arrived: Promise<Arrivals> }>;
  /** So far. */
  arrivals(): Promise<Arrivals>;
  stop(): Promise<void>;
}

/** @throws {Error} when it does not start. */
export async function startSink(kind: keyof typeof FILES, signal: AbortSignal): Promise<SinkProcess> {
  const child = fork(fileURLToPath(new URL(FILES[kind], import.meta.url)), { execArgv: [] });
  const ended = once(child, 'exit');
  const waiting = new Map<SinkMessage['kind'], (message: SinkMessage) => void>();
  child.on('message', (message: SinkMessage) => {
    waiting.get(message.kind)?.(message);
    waiting.delete(message.kind);
  });

  function next(kind: SinkMessage['kind']): Promise<SinkMessage> {
    return new Promise((resolve, reject) => {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(WAIT_MS)]);
      const onAbort = (): void => {
        waiting.delete(kind);
        reject(toReason(limit.reason));
      };
      limit.addEventListener('abort', onAbort, { once: true });
      waiting.set(kind, (message) => {
        limit.removeEventListener('abort', onAbort);
        resolve(message);
      });
      void ended.then(() => reject(new Error('the sink has ended')));
    });
  }
  async function ask(order: SinkOrder, kind: SinkMessage['kind']): Promise<SinkMessage> {
    const answer = next(kind);
    child.send(order);
    return answer;
  }

  const { port } = await next('listening');
  return {
    port,
    expect: async (count) => {
      await ask({ kind: 'expect', count }, 'expecting');
      const arrived = next('arrived');
      // The measurement may have failed before it waits for this.
      arrived.catch(() => undefined);
      return { arrived };
    },
    arrivals: () => ask({ kind: 'tell' }, 'told'),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.disconnect();
      await ended;
    },
  };
}

function toReason(reason: unknown): Error {
  if (reason instanceof Error && reason.name !== 'TimeoutError') return reason;
  const text = isObject(reason) && reason['name'] === 'AbortError' ? 'stopped' : 'the sink waited in vain';
  return new Error(text);
}
