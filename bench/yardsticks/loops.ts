import nodemailer from 'nodemailer';
import { Pool } from 'undici';

/** Takes the numbers from 0 to `count` - 1, each once, some at a time, as the plainest program would. */
async function inParallel(
  count: number,
  concurrency: number,
  act: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  async function lane(): Promise<void> {
    while (next < count) {
      const index = next;
      next += 1;
      await act(index);
    }
  }
  await Promise.all(Array.from({ length: concurrency }, lane));
}

export interface BareMail {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly headers: Record<string, string>;
}

/** The yardstick of e-mail: nodemailer's own pool, fed so that no connection of it ever waits. */
export async function sendBare(
  port: number,
  pool: { readonly connections: number; readonly messagesPerConnection: number },
  count: number,
  mailOf: (index: number) => BareMail,
): Promise<void> {
  const transport = nodemailer.createTransport({
    ...{ pool: true, host: '127.0.0.1', port, secure: false, ignoreTLS: true },
    ...{ maxConnections: pool.connections, maxMessages: pool.messagesPerConnection },
  });
  try {
    await inParallel(count, pool.connections * 2, async (index) => {
      await transport.sendMail(mailOf(index));
    });
  } finally {
    transport.close();
  }
}

/** The yardstick of calls and hooks: undici over kept-alive connections, each with the next request at once. */
export async function postBare(
  url: string,
  connections: number,
  count: number,
  bodyOf: (index: number) => string,
): Promise<void> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections });
  try {
    await inParallel(count, connections, async (index) => {
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: pathname,
        headers: { 'content-type': 'application/json' },
        body: bodyOf(index),
      });
      await body.dump();
      if (statusCode !== 200) throw new Error(`the sink answered ${statusCode}`);
    });
  } finally {
    await pool.close();
  }
}
