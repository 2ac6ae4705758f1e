import type { Log } from '../../src/base/index.ts';
import { segmentsEntered } from '../../src/segments/index.ts';
import { createFirstWalks, type FirstWalk } from '../../src/workflow/index.ts';

/** Walks as the server's, for importers of tests, which have no dispatchers to wake. */
export function firstWalks(log: Log): () => FirstWalk {
  const quiet = (): void => {};
  return createFirstWalks({
    ...{ log, segmentsEntered, wakeCalls: quiet, wakeMessages: quiet, observeLoops: quiet },
  });
}
