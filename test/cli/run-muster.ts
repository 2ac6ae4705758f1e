import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { type Clock, isJsonObject, type JsonObject, parseJson, systemClock } from '../../src/base/index.ts';
import { root } from '../../src/cli/root.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import type { Shell } from '../../src/cli/shell.ts';

/** Who polls asks again soon, and not as soon as it could: the server that is asked works in this process. */
const LONGEST_PAUSE_MS = 20;
export const quickClock: Clock = {
  now: () => new Date(),
  sleep: (ms, signal) => systemClock.sleep(Math.min(ms, LONGEST_PAUSE_MS), signal),
};

export interface RunResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Of `out`. */
  json(): JsonObject;
  lines(): JsonObject[];
}

export interface RunSettings extends Partial<Omit<Shell, 'terminal' | 'stdin'>> {
  readonly stdin?: string;
  readonly width?: number;
  readonly hasColor?: boolean;
}

function toObject(text: string): JsonObject {
  const value = parseJson(text);
  assert.ok(isJsonObject(value), text);
  return value;
}

/** The command line in this process, with what it prints. */
export async function runMuster(words: readonly string[], settings: RunSettings = {}): Promise<RunResult> {
  const { stdin = '', width, hasColor = false, ...more } = settings;
  let [out, err] = ['', ''];
  const code = await runCli(
    {
      environment: {},
      homeDir: '/nowhere',
      version: '1.2.3',
      clock: quickClock,
      signal: new AbortController().signal,
      stdin: Readable.from([stdin]),
      terminal: {
        out: (text) => {
          out += text;
        },
        pour: async (pieces) => {
          for await (const piece of pieces) out += piece;
        },
        err: (text) => {
          err += text;
        },
        ...{ width, hasColor, bar: undefined },
      },
      ...more,
    },
    root,
    words,
  );
  return {
    ...{ code, out, err },
    json: () => toObject(out),
    lines: () => out.trim().split('\n').map(toObject),
  };
}
