import { isObject, toError } from '../src/base/index.ts';
import { type Config, ConfigError } from '../src/config/index.ts';
import { EmbeddedError } from '../src/db/index.ts';
import { VaultError } from '../src/vault/index.ts';
import { DemoError } from './demo-error.ts';

/** The fault and those behind it, the outermost first. */
function* causesOf(fault: unknown): Generator<unknown> {
  for (let cause = fault, depth = 0; isObject(cause) && depth < 10; depth += 1) {
    yield cause;
    if (cause instanceof AggregateError) yield* cause.errors;
    cause = cause['cause'];
  }
}

function codeOf(fault: unknown): unknown {
  return isObject(fault) ? fault['code'] : undefined;
}

function describe(fault: unknown, config: Config | undefined): string | undefined {
  if ([DemoError, EmbeddedError, ConfigError, VaultError].some((known) => fault instanceof known)) {
    return toError(fault).message;
  }
  const code = codeOf(fault);
  if (config !== undefined && (code === 'EADDRINUSE' || code === 'EACCES') && isListening(fault)) {
    const why = code === 'EADDRINUSE' ? 'is taken by another program' : 'may not be used by this user';
    return `port ${config.port} ${why}; choose another one, for example PORT=8090 npm run demo`;
  }
  if (
    config?.databaseUrl !== undefined &&
    ['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT'].includes(String(code))
  ) {
    return `the database of DATABASE_URL cannot be reached (${code}); start it, or unset DATABASE_URL to use the embedded one`;
  }
  return undefined;
}

function isListening(fault: unknown): boolean {
  return isObject(fault) && fault['syscall'] === 'listen';
}

/** One clear sentence for whoever started the demo; for a fault of ours, which nobody expects, its stack. */
export function describeFault(fault: unknown, config: Config | undefined): string {
  for (const cause of causesOf(fault)) {
    const sentence = describe(cause, config);
    if (sentence !== undefined) return sentence;
  }
  return toError(fault).stack ?? String(fault);
}
