import type { Log } from '../../base/index.ts';
import { type StoppedStarts, warnOfLoops } from '../triggers/start-triggered.ts';
import type { Walked } from './walk-batch.ts';

/** Who is told of what walks have set going. */
export interface WalkNewsDeps {
  readonly log: Log;
  /** Tells the dispatcher that calls were queued. */
  readonly wakeCalls: () => void;
  /** Tells the dispatcher that messages were queued. */
  readonly wakeMessages?: () => void;
  /** Is told how many runs were kept from starting because workflows start each other in a circle. */
  readonly observeLoops?: (runs: number) => void;
}

/** What the walks of one transaction have set going, told when it has committed. */
export class WalkNews {
  readonly #deps: WalkNewsDeps;
  readonly #stopped: StoppedStarts[] = [];
  #calls = 0;
  #messages = 0;

  constructor(deps: WalkNewsDeps) {
    this.#deps = deps;
  }

  note({ calls, messages, triggered }: Walked): void {
    this.#calls += calls;
    this.#messages += messages;
    this.#stopped.push(...triggered.stopped);
  }

  tell(): void {
    const { log, wakeCalls, wakeMessages, observeLoops } = this.#deps;
    if (this.#calls > 0) wakeCalls();
    if (this.#messages > 0) wakeMessages?.();
    warnOfLoops(log, this.#stopped);
    for (const { runs } of this.#stopped) observeLoops?.(runs);
  }
}
