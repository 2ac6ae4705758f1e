import { type Bench, withBed } from '../environment/bench.ts';
import type { BenchClient } from '../environment/client.ts';
import { startSink } from '../environment/sink-process.ts';
import { atLeast, type Figure } from '../figures/figure.ts';
import { emailOf, numbersFrom } from '../load/batch-body.ts';
import { startPausedRuns } from '../load/paused-runs.ts';
import { createBenchDatabase, createWorkflow, START } from '../load/workflows.ts';
import { type BareMail, sendBare } from '../yardsticks/loops.ts';
import type { Measure } from './measure.ts';
import { compareOutgoing } from './outgoing.ts';

const MESSAGES = 5_000;
const SHORT_MESSAGES = 1_000;
/** Of both sides: enough that neither waits for the other's answers. */
const POOL = { connections: 20, messagesPerConnection: 1_000 } as const;
const FROM = 'Bench <bench@example.com>';
const PARAGRAPH = 'A letter has a few lines, and so has this one: enough to be told from an empty message. ';

/** What a letter says, with the name of the customer wherever the template has it. */
function letterFor(name: string): { subject: string; html: string; text: string } {
  return {
    subject: `Your coupon, ${name}`,
    html: `<h1>Welcome, ${name}!</h1>\n<p>${PARAGRAPH.repeat(8)}</p>\n<p>See you.</p>`,
    text: `Welcome, ${name}!\n\n${PARAGRAPH.repeat(8)}\n\nSee you.`,
  };
}

/** The very headers that Muster writes, so that both sides compose and send as much. */
function bareMail(index: number): BareMail {
  const link = `http://127.0.0.1:8080/u/${'x'.repeat(180)}`;
  return {
    ...{ from: FROM, to: emailOf(index), ...letterFor('Владимир') },
    headers: {
      'auto-submitted': 'auto-generated',
      'list-unsubscribe': `<${link}>`,
      'list-unsubscribe-post': 'List-Unsubscribe=One-Click',
    },
  };
}

async function setUpMail(client: BenchClient, port: number): Promise<number> {
  interface Made {
    id: number;
  }
  const database = await createBenchDatabase(client);
  const sender = await client.admin<Made>('POST', '/senders', {
    ...{ name: 'Bench', channel: 'email', host: '127.0.0.1', port, secure: 'none', from: FROM },
    ...{ pool: POOL.connections, messages_per_connection: POOL.messagesPerConnection },
  });
  const resource = await client.admin<Made>('POST', '/resources', {
    ...{ name: 'Bench', databases: [database.id], channels: ['email'], senders: { email: sender.id } },
  });
  const template = await client.admin<Made>('POST', '/templates', {
    ...{ name: 'Bench', channel: 'email', database_id: database.id, ...letterFor('{lead._fname}') },
  });
  return createWorkflow(client, database.id, [
    START,
    {
      ...{ id: 'first', type: 'send', channel: 'email', resource_id: resource.id, template_id: template.id },
      ...{ next: 'sent', no_address: 'lost', error: 'lost' },
    },
    { id: 'sent', type: 'end', reason: 'sent' },
    { id: 'lost', type: 'end', reason: 'lost' },
  ]);
}

async function run(bench: Bench): Promise<Figure[]> {
  const messages = bench.isShort ? SHORT_MESSAGES : MESSAGES;
  return withBed(bench, {}, async ({ client }, stops) => {
    const sink = await startSink('mail', bench.signal);
    stops.add(sink.stop);
    const workflowId = await setUpMail(client, sink.port);
    const figure = await compareOutgoing(bench, sink, {
      spec: {
        name: 'email',
        title: 'messages to an SMTP server, first to last arrival',
        against: 'nodemailer pool of as many connections',
        unit: 'ratio',
        reach: atLeast(0.7),
      },
      ...{ things: 'messages', thingsEach: 1, details: { pool: POOL.connections } },
      prepare: async (round) => {
        const paused = await startPausedRuns(
          client,
          workflowId,
          numbersFrom(0, messages),
          round,
          bench.signal,
        );
        return {
          muster: { arrivals: messages, send: async () => ({ settledMs: await paused.walk() }) },
          bare: {
            arrivals: messages,
            send: async () => {
              await sendBare(sink.port, POOL, messages, bareMail);
              return {};
            },
          },
        };
      },
    });
    return [figure];
  });
}

export const email: Measure = {
  name: 'email',
  title: 'messages through an SMTP sender',
  against: 'a bare nodemailer pool of as many connections, to the same sink',
  reach: '≥ 0.7',
  run,
};
