import { type ExitCode, exitCodes, Interrupted } from './cli-error.ts';
import { countFailed, countSettled } from './import/counters.ts';
import { readTask, WATCH_PAUSE_MS } from './import/watch-batches.ts';
import type { Options } from './options.ts';
import { ProgressLine } from './print/progress-line.ts';
import type { ServerClient } from './remote/server-client.ts';
import type { Shell } from './shell.ts';

/** The line of a task that has ended. */
function describeEnd(taskId: string, status: string, counters: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counters)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name.replace('_', ' ')} ${count}`);
  return `${taskId} ${status}: ${parts.join(', ')}\n`;
}

/**
 * Shows how far a task has come until it has ended: a bar, or a line of JSON for every change.
 * @returns 1 when rows of it have failed.
 * @throws {Interrupted}
 */
export async function watchTask(
  shell: Shell,
  options: Options,
  client: ServerClient,
  taskId: string,
): Promise<ExitCode> {
  const { terminal, clock, signal } = shell;
  const json = options.flag('json');
  const progress = json ? undefined : new ProgressLine(terminal, clock);
  const begunAt = clock.now().getTime();
  let told = '';
  let first: number | undefined;
  try {
    while (!signal.aborted) {
      const { status, hasEnded, counters } = await readTask(client, taskId);
      const line = `${JSON.stringify({ task_id: taskId, status, counters })}\n`;
      if (json && line !== told) terminal.out(line);
      told = line;
      const done = countSettled(counters);
      first ??= done;
      const seconds = (clock.now().getTime() - begunAt) / 1000;
      progress?.show({
        ...{ done, total: counters['total'] ?? 0, isGuess: false, failed: countFailed(counters) },
        perSecond: seconds > 0 ? (done - first) / seconds : 0,
      });
      if (hasEnded) {
        progress?.stop();
        if (!json) terminal.out(describeEnd(taskId, status, counters));
        const isWell = status === 'completed' && countFailed(counters) === 0;
        return isWell ? exitCodes.ok : exitCodes.failed;
      }
      await clock.sleep(WATCH_PAUSE_MS, signal);
    }
    throw new Interrupted(`Stopped watching; the task goes on: muster tasks watch ${taskId}`);
  } finally {
    progress?.stop();
  }
}
