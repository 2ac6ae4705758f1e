import { once } from 'node:events';
import { relative } from 'node:path';
import { type Muster, startMuster } from '../src/app.ts';
import { type Config, readConfig } from '../src/config/index.ts';
import { ensureDemoToken } from './demo-token.ts';
import { describeFault } from './describe-fault.ts';
import { MailServer } from './mail-server.ts';
import { createMusterClient } from './muster-client.ts';
import { choosePaint } from './paint.ts';
import { crmId } from './profiles.ts';
import { printSignpost, printStory } from './report.ts';
import { runBatch } from './run-batch.ts';
import { MATCH_FIELD, prepareShop } from './setup.ts';
import { type Sink, startSink } from './sink.ts';
import { watchStopSignals } from './stop-signals.ts';

const SINK_PORT = 8081;

interface Prepared {
  readonly config: Config;
  readonly token: string;
  /** Undefined when the operator brought the token. */
  readonly tokenFile: string | undefined;
}

/** The operator's settings, with what the demo cannot do without. @throws {ConfigError} {DemoError} */
async function prepare(): Promise<Prepared> {
  const given = readConfig(process.env);
  const own = given.token === undefined ? await ensureDemoToken(given.dataDir) : undefined;
  const token = given.token ?? own?.token ?? '';
  const config = readConfig({
    MUSTER_LOG_LEVEL: 'warn',
    ...process.env,
    MUSTER_TOKEN: token,
    MUSTER_ROLE: 'all',
    // The demo's endpoint is on this machine.
    MUSTER_ALLOW_PRIVATE_TARGETS: '1',
  });
  const file = own && relative('.', own.file);
  return { config, token, tokenFile: file?.startsWith('..') ? own?.file : file };
}

/** What a visitor sees from the running server to the last line. */
async function show(
  prepared: Prepared,
  muster: Muster,
  sink: Sink,
  mail: MailServer,
  signal: AbortSignal,
): Promise<void> {
  const out = process.stdout;
  const paint = choosePaint(out);
  const { token, tokenFile } = prepared;
  out.write(
    `  Muster listens at ${muster.url}, the demo's endpoint at ${sink.url}, its mail catcher at port ${mail.port}\n`,
  );
  const client = createMusterClient(muster.url, token, signal);
  const shop = await prepareShop(client, sink.url, mail.port);
  const state = shop.isKnown ? `found again, it has taken ${shop.batchesBefore} batches` : 'made';
  out.write(`  Database “${shop.databaseName}” ${state}; workflow “${shop.workflowName}” is active\n`);
  const { story, taskId } = await runBatch({ client, shop, sink, mail, out, paint, signal });
  out.write(`\n${printStory(story, paint)}\n`);
  const signpost = {
    url: muster.url,
    token,
    tokenFile,
    sinkUrl: sink.url,
    databaseId: shop.databaseId,
    workflowId: shop.workflowId,
    taskId,
    sample: { field: MATCH_FIELD, value: crmId(0) },
  };
  out.write(`${printSignpost(signpost, paint)}\n`);
  out.write(paint('bold', '  Muster goes on serving; Ctrl-C stops it and its database.\n'));
}

/** @returns the exit code. */
async function main(): Promise<number> {
  const signal = watchStopSignals(() => process.exit(130));
  const stops: (() => Promise<void>)[] = [];
  let config: Config | undefined;
  let code = 0;
  try {
    process.stdout.write(`\n${choosePaint(process.stdout)('bold', '  Muster demo')}\n\n`);
    const prepared = await prepare();
    config = prepared.config;
    const sink = await startSink(config.port === SINK_PORT ? 0 : SINK_PORT);
    stops.push(sink.stop);
    const mail = await MailServer.start({ keep: 20, refuseOneIn: 50 });
    stops.push(() => mail.stop());
    const muster = await startMuster(config);
    stops.push(() => muster.stop());
    if (!signal.aborted) await show(prepared, muster, sink, mail, signal);
    if (!signal.aborted) await once(signal, 'abort');
  } catch (fault) {
    // What was under way when Ctrl-C came ends with a fault of its own, which is none.
    if (!signal.aborted) {
      code = 1;
      process.stderr.write(`\nThe demo cannot go on: ${describeFault(fault, config)}\n`);
    }
  }
  if (signal.aborted) process.stdout.write('\n  Stopping ...\n');
  // Muster before the endpoint, so that its last calls are answered.
  for (const stop of stops.toReversed()) {
    await stop().catch((fault: unknown) => {
      code = 1;
      process.stderr.write(`\nNot everything could be stopped: ${describeFault(fault, config)}\n`);
    });
  }
  if (signal.aborted && code === 0)
    process.stdout.write('  Stopped. The next npm run demo finds its data again.\n');
  return code;
}

// Whoever reads the output may leave, as `head` does; the server goes on.
process.stdout.on('error', () => {});
// A connection that is kept alive must not keep the process.
process.exit(await main());
