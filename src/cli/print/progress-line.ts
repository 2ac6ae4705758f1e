import { SingleBar } from 'cli-progress';
import type { Clock } from '../../base/index.ts';
import type { Terminal } from '../shell.ts';

/** Without a terminal a line is written so often. */
const LINE_PAUSE_MS = 10_000;

export interface Progress {
  readonly done: number;
  readonly total: number;
  /** Whether `total` is a guess. */
  readonly isGuess: boolean;
  readonly failed: number;
  /** Since this process has begun. */
  readonly perSecond: number;
}

const figures = new Intl.NumberFormat('en');

export function printDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  const rest = String(whole % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** `12,000 of ~50,000 rows, 3 failed, 2,300/s, 0:17 left`. */
export function describeProgress({ done, total, isGuess, failed, perSecond }: Progress): string {
  const parts = [`${figures.format(done)} of ${isGuess ? '~' : ''}${figures.format(total)} rows`];
  if (failed > 0) parts.push(`${figures.format(failed)} failed`);
  if (perSecond > 0) parts.push(`${figures.format(Math.round(perSecond))}/s`);
  if (perSecond > 0 && done < total) parts.push(`${printDuration((total - done) / perSecond)} left`);
  return parts.join(', ');
}

/** Shows how far something has come: a bar in a terminal, else a line now and then. */
export class ProgressLine {
  readonly #terminal: Terminal;
  readonly #clock: Clock;
  readonly #bar: SingleBar | undefined;
  #isDrawn = false;
  #toldAt: number;

  constructor(terminal: Terminal, clock: Clock) {
    this.#terminal = terminal;
    this.#clock = clock;
    this.#toldAt = clock.now().getTime();
    if (terminal.bar === undefined) return;
    this.#bar = new SingleBar({
      ...{ stream: terminal.bar, hideCursor: true, clearOnComplete: true, gracefulExit: false, barsize: 24 },
      ...{ format: '{bar} {percentage} %  {text}', barCompleteChar: '█', barIncompleteChar: '░' },
    });
  }

  show(progress: Progress): void {
    const text = describeProgress(progress);
    if (this.#bar !== undefined) {
      const total = Math.max(1, progress.total);
      if (!this.#isDrawn) this.#bar.start(total, progress.done, { text });
      this.#isDrawn = true;
      this.#bar.setTotal(total);
      this.#bar.update(progress.done, { text });
      return;
    }
    const now = this.#clock.now().getTime();
    if (now - this.#toldAt < LINE_PAUSE_MS) return;
    this.#toldAt = now;
    this.#terminal.err(`${text}\n`);
  }

  /** Gives the cursor back. Safe to call twice. */
  stop(): void {
    if (this.#isDrawn) this.#bar?.stop();
    this.#isDrawn = false;
  }
}
