import { useEffect, useState } from 'react';
import type { TaskObject } from '../../../src/http/admin/contract.ts';
import type { TaskNews } from '../../../src/http/admin/task-contract.ts';
import { type Query, urlOf } from './client.ts';

/** interrupted: the browser tries to connect again; what is shown may be old. */
export type StreamState = 'connecting' | 'open' | 'interrupted';

export interface LiveTasks {
  /** What has been heard so far, by id. */
  readonly tasks: ReadonlyMap<string, TaskObject>;
  readonly state: StreamState;
}

const NONE: ReadonlyMap<string, TaskObject> = new Map();

/** Follows tasks by the server's event stream; null = none. `query` as the stream takes it: filters, or ids. */
export function useTaskStream(query: Query | null): LiveTasks {
  const address = query === null ? null : urlOf('/tasks/stream', query);
  const [live, setLive] = useState<{ address: string | null } & LiveTasks>({
    address,
    tasks: NONE,
    state: 'connecting',
  });

  useEffect(() => {
    if (address === null) return;
    setLive({ address, tasks: NONE, state: 'connecting' });
    const source = new EventSource(address);
    const become = (state: StreamState) => () => setLive((old) => ({ ...old, state }));
    source.addEventListener('open', become('open'));
    source.addEventListener('error', become('interrupted'));
    source.addEventListener('tasks', (event) => {
      const news: TaskNews = JSON.parse(event.data);
      setLive((old) => {
        const tasks = new Map(old.tasks);
        for (const task of news.data) tasks.set(task.id, task);
        return { ...old, tasks };
      });
    });
    return () => source.close();
  }, [address]);

  return live.address === address ? live : { tasks: NONE, state: 'connecting' };
}

/** Loads a list again when the stream tells of a task that is not in it; undefined = there is no list yet. */
export function useRefetchOnNew(
  live: LiveTasks,
  listed: readonly TaskObject[] | undefined,
  refetch: () => unknown,
): void {
  const isNew =
    listed !== undefined && [...live.tasks.keys()].some((id) => listed.every((task) => task.id !== id));
  useEffect(() => {
    if (isNew) void refetch();
  }, [isNew, refetch]);
}
