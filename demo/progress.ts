import cliProgress from 'cli-progress';
import { grouped } from './figures.ts';
import { isTerminal, type Paint } from './paint.ts';

/** A bar that fills up: redrawn in a terminal, a line for each quarter elsewhere. */
export interface Progress {
  update(done: number): void;
  /** Leaves what it shows and goes to the next line. Safe to call twice. */
  stop(): void;
}

const LABEL_WIDTH = 10;

function startBar(out: NodeJS.WriteStream, paint: Paint, label: string, total: number): Progress {
  const bar = new cliProgress.SingleBar({
    format: `  ${label.padEnd(LABEL_WIDTH)} ${paint('cyan', '{bar}')} {percentage} %  {done} of {all}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: Math.max(10, Math.min(40, (out.columns ?? 80) - 45)),
    stream: out,
    hideCursor: true,
    // Ctrl-C is the demo's to handle.
    gracefulExit: false,
  });
  bar.start(total, 0, { done: '0', all: grouped(total) });
  return {
    update: (done) => bar.update(done, { done: grouped(done) }),
    stop: () => {
      if (bar.isActive) bar.stop();
    },
  };
}

function startLines(out: NodeJS.WritableStream, label: string, total: number): Progress {
  let quarters = 0;
  return {
    update: (done) => {
      const reached = total === 0 ? 4 : Math.floor((done * 4) / total);
      if (reached <= quarters) return;
      quarters = reached;
      out.write(`  ${label.padEnd(LABEL_WIDTH)} ${reached * 25} %, ${grouped(done)} of ${grouped(total)}\n`);
    },
    stop: () => {},
  };
}

export function startProgress(out: NodeJS.WriteStream, paint: Paint, label: string, total: number): Progress {
  return isTerminal(out) ? startBar(out, paint, label, total) : startLines(out, label, total);
}
