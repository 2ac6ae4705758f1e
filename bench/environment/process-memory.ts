import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const SAMPLE_MS = 50;

/** Memory of a process in MB: resident now, and the most that it ever was. */
export interface ProcessMemory {
  readonly residentMb: number;
  readonly peakMb: number;
}

/** @returns undefined where the system has no /proc (macOS): then memory is not measured. */
export async function readMemory(pid: number): Promise<ProcessMemory | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const read = (name: string): number =>
      (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024) / 1e6;
    return { residentMb: read('VmRSS'), peakMb: read('VmHWM') };
  } catch {
    return undefined;
  }
}

/** Samples the resident memory of a process until it is stopped. @returns a function that stops and tells the most, MB. */
export function watchMemory(pid: number): () => Promise<number | undefined> {
  const stopping = new AbortController();
  let most: number | undefined;
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      const memory = await readMemory(pid);
      if (memory !== undefined) most = Math.max(most ?? 0, memory.residentMb);
      await sleep(SAMPLE_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return async () => {
    stopping.abort();
    await watching;
    return most;
  };
}
