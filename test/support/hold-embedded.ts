/**
 * A process that holds an embedded server: `node hold-embedded.ts <data folder>`. Prints its URL on a line when it is
 * ready, or the message of the fault, and stops it when standard input ends.
 */
import { once } from 'node:events';
import { createLog, toError } from '../../src/base/index.ts';
import { startEmbedded } from '../../src/db/index.ts';

const [, , dataDir = ''] = process.argv;
try {
  const server = await startEmbedded({ dataDir, log: createLog('silent'), settings: { fsync: 'off' } });
  console.log(server.url);
  process.stdin.resume();
  await once(process.stdin, 'end');
  await server.stop();
} catch (thrown) {
  console.log(toError(thrown).message);
  process.exitCode = 1;
}
