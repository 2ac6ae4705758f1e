import { type Logger, pino } from 'pino';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** JSON lines on standard error, so that what a command prints on standard output stays its own. */
export function createLog(level: LogLevel): Logger {
  return pino(
    {
      level,
      base: null,
      redact: { paths: ['token', '*.token', 'password', '*.password'], censor: '[secret]' },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
