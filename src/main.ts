import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Two thirds of the time of a start go into reading the sources; from the second start on, Node finds them compiled. */
const CACHE_FOLDER = fileURLToPath(new URL('../node_modules/.cache/muster', import.meta.url));

const YOUNG_OPTION = '--max-semi-space-size';
/**
 * The young generation of V8 has twice so many MB, from the start. Where nothing is said it grows to 134 MB, which large
 * requests fill before it is collected; and it begins with 1 MB, which costs a start many collections. The old one is
 * collected when it has grown by half: V8 would let garbage that came with large requests double it. By a quarter, an
 * import took half as much processor time again.
 */
const memoryOptions = [`${YOUNG_OPTION}=16`, '--min-semi-space-size=16', '--heap-growing-percent=50'];

/** Can be said only when the process begins: it begins again, with the same id. What the operator has said stands. */
function boundMemory(): void {
  const given = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''];
  // Windows has no such call.
  if (process.execve === undefined || given.some((option) => option.includes(YOUNG_OPTION))) return;
  const args = [...memoryOptions, ...process.execArgv, ...process.argv.slice(1)];
  process.execve(process.execPath, [process.execPath, ...args], process.env);
}

boundMemory();
// Where the folder cannot be written, nothing is kept.
enableCompileCache(CACHE_FOLDER);
const { run } = await import('./run.ts');
await run(process.env);
