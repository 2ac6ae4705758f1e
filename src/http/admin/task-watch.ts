import { toError } from '../../base/index.ts';
import { getTaskStatuses, listTasks, type TaskQuery } from '../../importer/index.ts';
import type { HttpDeps } from '../deps.ts';
import type { TaskObject } from './contract.ts';
import { toTaskObject } from './task-object.ts';

/** How often the tasks that somebody follows are looked at. */
const LOOK_MS = 1000;

/** The tasks that are followed: named ones, or the newest of a query. */
export type Followed =
  | { readonly ids: readonly string[]; readonly databaseIds: readonly number[] | null }
  | TaskQuery;

export interface Follower {
  /** Gets what is new or has changed; at first everything that is followed. */
  readonly tell: (tasks: readonly TaskObject[]) => void;
  /** Nothing more will come. */
  readonly end: () => void;
}

/** One look a second at the same tasks for all who follow them, while anybody does. */
class Watch {
  readonly #deps: HttpDeps;
  readonly #followed: Followed;
  readonly #stopping = new AbortController();
  /** As they were last seen, printed: by id. */
  #seen = new Map<string, string>();
  #tasks: readonly TaskObject[] | undefined;
  readonly followers = new Set<Follower>();

  constructor(deps: HttpDeps, followed: Followed) {
    this.#deps = deps;
    this.#followed = followed;
  }

  add(follower: Follower): void {
    this.followers.add(follower);
    // Who comes later is told what the others know, and with them what comes.
    if (this.#tasks !== undefined) follower.tell(this.#tasks);
  }

  stop(): void {
    this.#stopping.abort();
    for (const follower of this.followers) follower.end();
    this.followers.clear();
  }

  /** @param onEnd once it looks no more. */
  async run(onEnd: () => void): Promise<void> {
    const { clock, log } = this.#deps;
    while (this.followers.size > 0 && !this.#stopping.signal.aborted) {
      try {
        await this.#look();
      } catch (thrown) {
        // Who follows comes again by itself, and is told then if it still cannot be had.
        log.error({ err: toError(thrown) }, 'tasks could not be followed; their streams are ended');
        this.stop();
        break;
      }
      await clock.sleep(LOOK_MS, this.#stopping.signal);
    }
    onEnd();
  }

  async #look(): Promise<void> {
    const tasks = await this.#read();
    const printed = new Map(tasks.map((task) => [task.id, JSON.stringify(task)]));
    const changed = tasks.filter(({ id }) => this.#seen.get(id) !== printed.get(id));
    const isFirst = this.#tasks === undefined;
    this.#seen = printed;
    this.#tasks = tasks;
    if (changed.length === 0 && !isFirst) return;
    for (const follower of this.followers) follower.tell(changed);
  }

  async #read(): Promise<TaskObject[]> {
    const { db, clock } = this.#deps;
    const followed = this.#followed;
    const found =
      'ids' in followed
        ? await getTaskStatuses(db, clock, followed.ids, followed.databaseIds)
        : (await listTasks(db, clock, followed)).tasks;
    return found.map(toTaskObject);
  }
}

/** All watches of a process. */
export class TaskWatches {
  readonly #deps: HttpDeps;
  readonly #watches = new Map<string, Watch>();
  #isStopped = false;

  constructor(deps: HttpDeps) {
    this.#deps = deps;
  }

  /** @returns what ends it; safe to call twice. */
  follow(followed: Followed, follower: Follower): () => void {
    if (this.#isStopped) {
      follower.end();
      return () => {};
    }
    const key = JSON.stringify(followed);
    let watch = this.#watches.get(key);
    if (watch === undefined) {
      watch = new Watch(this.#deps, followed);
      watch.add(follower);
      this.#watches.set(key, watch);
      const own = watch;
      void own.run(() => {
        if (this.#watches.get(key) === own) this.#watches.delete(key);
      });
    } else {
      watch.add(follower);
    }
    const { followers } = watch;
    return () => void followers.delete(follower);
  }

  stop(): void {
    this.#isStopped = true;
    for (const watch of this.#watches.values()) watch.stop();
  }
}
