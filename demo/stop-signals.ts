/** npm passes Ctrl-C on to a program that the terminal has told already: a second signal this soon is an echo. */
const ECHO_MS = 1_000;

/** What a signal means, given when the first one came. */
export function judgeStopSignal(firstAtMs: number | undefined, nowMs: number): 'stop' | 'ignore' | 'force' {
  if (firstAtMs === undefined) return 'stop';
  return nowMs - firstAtMs < ECHO_MS ? 'ignore' : 'force';
}

/**
 * Listens to Ctrl-C and the like from now on.
 * @param onForce called when the user insists, a second or more after the first time.
 * @returns a signal that is aborted at the first time.
 */
export function watchStopSignals(onForce: () => void): AbortSignal {
  const stopping = new AbortController();
  let firstAtMs: number | undefined;
  function onSignal(): void {
    const meaning = judgeStopSignal(firstAtMs, performance.now());
    firstAtMs ??= performance.now();
    if (meaning === 'stop') stopping.abort();
    if (meaning === 'force') onForce();
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, onSignal);
  return stopping.signal;
}
