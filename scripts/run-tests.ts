/**
 * `npm test [-- patterns and options of node --test]`: the test suite on one PostgreSQL, that of DATABASE_URL or an
 * embedded one, which is gone afterwards. What it prints last is the test runner's own summary.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { startTemplateServer, type TemplateServer } from '../test/support/template-server.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const ALL_TESTS = 'test/**/*.test.ts';
/** Files at a time: most wait for PostgreSQL, which wants a core too. */
const CONCURRENCY = 2;

/** Ours first, so that the caller's take precedence; reporters would add up instead. */
function testArguments(given: readonly string[]): string[] {
  const reporter = given.some((argument) => argument.startsWith('--test-reporter'))
    ? []
    : ['--test-reporter=spec'];
  const patterns = given.some((argument) => !argument.startsWith('-')) ? [] : [ALL_TESTS];
  return ['--test', `--test-concurrency=${CONCURRENCY}`, ...reporter, ...given, ...patterns];
}

/** @returns the exit code of `node --test`. */
async function runTests(server: TemplateServer, stopping: AbortSignal): Promise<number> {
  const child = spawn(process.execPath, testArguments(process.argv.slice(2)), {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, MUSTER_TEST_SERVER_URL: server.url, MUSTER_TEST_TEMPLATE: server.template },
  });
  // Ctrl-C has reached it too; a second signal does it no harm.
  stopping.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  await once(child, 'exit');
  return child.exitCode ?? 128 + (child.signalCode === null ? 1 : constants.signals[child.signalCode]);
}

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => interrupted.abort());
}

const databaseUrl = process.env['DATABASE_URL']?.trim() || undefined;
const server = await startTemplateServer(databaseUrl);
try {
  console.log(
    `on ${databaseUrl === undefined ? 'an embedded PostgreSQL' : 'the PostgreSQL of DATABASE_URL'}`,
  );
  process.exitCode = interrupted.signal.aborted ? 1 : await runTests(server, interrupted.signal);
} finally {
  await server.stop();
}
