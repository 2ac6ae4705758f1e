import { useEffect, useRef, useState } from 'react';
import type { ColumnMapping, FieldType } from './mapping.ts';
import type { OpenedTable, ReadOptions } from './table.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

export type FileFault = Extract<FromWorker, { kind: 'failed' }>;

interface OpenFile {
  readonly table: OpenedTable | undefined;
  readonly fault: FileFault | undefined;
  /** The file that is being read. */
  readonly reading: File | undefined;
  readonly open: (file: File, options?: ReadOptions) => void;
  /** Reads the same file in another way. */
  readonly reopen: (options: ReadOptions) => void;
  readonly close: () => void;
  /** All rows as NDJSON; `tell` gets how much is done, 0 to 1. */
  readonly build: (
    mappings: readonly ColumnMapping[],
    types: Readonly<Record<string, FieldType>>,
    tell: (share: number) => void,
  ) => Promise<Blob>;
}

/** The file of an import, in a worker that reads it, so that the page goes on meanwhile. */
export function useFile(): OpenFile {
  const worker = useRef<Worker | null>(null);
  const file = useRef<File | null>(null);
  const building = useRef<{ resolve: (blob: Blob) => void; tell: (share: number) => void } | null>(null);
  const [table, setTable] = useState<OpenedTable | undefined>();
  const [fault, setFault] = useState<FileFault | undefined>();
  const [reading, setReading] = useState<File | undefined>();

  useEffect(() => () => worker.current?.terminate(), []);

  const hear = (event: MessageEvent<FromWorker>): void => {
    const { data } = event;
    if (data.kind === 'progress') building.current?.tell(data.share);
    else if (data.kind === 'built') building.current?.resolve(data.blob);
    else {
      setReading(undefined);
      setTable(data.kind === 'opened' ? data.table : undefined);
      setFault(data.kind === 'failed' ? data : undefined);
    }
  };
  const ask = (message: ToWorker): void => {
    worker.current?.postMessage(message);
  };
  const open = (given: File, options: ReadOptions = {}): void => {
    worker.current?.terminate();
    worker.current = new Worker(new URL('./parse-worker.ts', import.meta.url), { type: 'module' });
    worker.current.addEventListener('message', hear);
    worker.current.addEventListener('error', ({ message }) => {
      setReading(undefined);
      setFault({ kind: 'failed', reason: 'unreadable', detail: message });
    });
    file.current = given;
    setReading(given);
    setFault(undefined);
    ask({ kind: 'open', file: given, options });
  };
  return {
    table,
    fault,
    reading,
    open,
    reopen: (options) => {
      if (file.current === null) return;
      setReading(file.current);
      ask({ kind: 'open', file: file.current, options });
    },
    close: () => {
      worker.current?.terminate();
      file.current = null;
      setReading(undefined);
      setTable(undefined);
      setFault(undefined);
    },
    build: (mappings, types, tell) =>
      new Promise((resolve) => {
        building.current = { resolve, tell };
        ask({ kind: 'build', mappings, types });
      }),
  };
}
