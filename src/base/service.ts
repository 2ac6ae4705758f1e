/**
 * Something that runs until it is stopped: a loop, a server, a pool. `start` resolves when it is ready and must not be
 * called twice; `stop` lets work under way end, is safe to call twice and before `start`, and resolves when nothing of
 * it runs any more.
 */
export interface Service {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts in order; when one fails, stops those already started, the last first, and passes the fault on. */
export async function startAll(services: readonly Service[]): Promise<void> {
  const started: Service[] = [];
  try {
    for (const service of services) {
      await service.start();
      started.push(service);
    }
  } catch (fault) {
    await stopAll(started);
    throw fault;
  }
}

/** Stops in the opposite order. Every one is stopped even when another's `stop` fails; the first fault is passed on. */
export async function stopAll(services: readonly Service[]): Promise<void> {
  const faults: unknown[] = [];
  for (const service of services.toReversed()) {
    await service.stop().catch((fault: unknown) => faults.push(fault));
  }
  if (faults.length > 0) throw faults[0];
}
