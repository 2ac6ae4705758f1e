import { type FileHandle, open, readFile, rm, truncate } from 'node:fs/promises';
import { isJsonObject, type JsonObject, newUuid, ownValue, toError, tryParseJson } from '../../base/index.ts';
import { CliError } from '../cli-error.ts';
import { type Counters, readCounters } from './counters.ts';

/** What is known of a batch that was begun. */
export interface BatchRecord {
  readonly hash: string;
  /** When it was sent first. */
  readonly begunAt: Date;
  /** Of whom it was sent: a fingerprint of the token, by which the server knows a repeat. */
  readonly sender: string;
  /** The task that the server has made of it; absent = its answer is not known. */
  readonly taskId?: string;
  /** Of the task, once it has ended. */
  readonly counters?: Counters;
}

function textOf(line: JsonObject, key: string): string {
  const value = ownValue(line, key);
  return typeof value === 'string' ? value : '';
}

/** What a process that was killed has written last may be half a line. */
function readLines(text: string): JsonObject[] {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .map(tryParseJson)
    .filter((line) => isJsonObject(line));
}

/**
 * What an import has sent, beside its file: a line is on the disk before a batch is sent, and another when its task is
 * known. Whoever begins again knows which batches are done, and sends the others with the Request-ID that they had, by
 * which the server knows those that had arrived.
 */
export class Journal {
  readonly path: string;
  readonly #file: FileHandle;
  readonly #importId: string;
  readonly #records: Map<number, BatchRecord>;

  private constructor(path: string, file: FileHandle, importId: string, records: Map<number, BatchRecord>) {
    this.path = path;
    this.#file = file;
    this.#importId = importId;
    this.#records = records;
  }

  /**
   * Goes on with the journal that is there, or begins one.
   * @param settings a text of everything that decides what is sent; it must be the same when an import is resumed.
   * @throws {CliError} when the journal is of another import, or cannot be written.
   */
  static async open(path: string, settings: string): Promise<Journal> {
    const text = await readFile(path, 'utf8').catch(() => '');
    const [head, ...lines] = readLines(text);
    const records = new Map<number, BatchRecord>();
    for (const line of lines) Journal.#take(records, line);
    const isUsed = records.size > 0;
    if (isUsed && head !== undefined && textOf(head, 'settings') !== settings) {
      throw new CliError(
        `${path}: this import was begun with other settings`,
        'give the same ones to go on, or --restart to import the whole file again',
      );
    }
    try {
      if (isUsed) await truncate(path, Buffer.byteLength(text.slice(0, text.lastIndexOf('\n') + 1)));
      else await rm(path, { force: true });
      const file = await open(path, 'a', 0o600);
      const importId = isUsed && head !== undefined ? textOf(head, 'import_id') : newUuid();
      const journal = new Journal(path, file, importId, records);
      if (!isUsed) await journal.#write({ muster_journal: 1, import_id: importId, settings });
      return journal;
    } catch (thrown) {
      throw new CliError(
        `${path} cannot be written: ${toError(thrown).message}`,
        'name another place for it by --journal',
      );
    }
  }

  static #take(records: Map<number, BatchRecord>, line: JsonObject): void {
    const batch = ownValue(line, 'batch');
    if (typeof batch !== 'number') return;
    const record = records.get(batch);
    const event = textOf(line, 'event');
    if (event === 'begun') {
      const begunAt = new Date(textOf(line, 'at'));
      records.set(batch, { hash: textOf(line, 'hash'), sender: textOf(line, 'sender'), begunAt });
    } else if (event === 'refused') {
      records.delete(batch);
    } else if (record !== undefined && event === 'accepted') {
      records.set(batch, { ...record, taskId: textOf(line, 'task_id') });
    } else if (record !== undefined && event === 'ended') {
      const counters = ownValue(line, 'counters');
      if (isJsonObject(counters)) records.set(batch, { ...record, counters: readCounters(counters) });
    }
  }

  /** Whether something was sent before. */
  get isResumed(): boolean {
    return this.#records.size > 0;
  }

  /** Batches that were begun, by their index. */
  get records(): ReadonlyMap<number, BatchRecord> {
    return this.#records;
  }

  requestIdOf(batch: number): string {
    return `muster-import-${this.#importId}-${batch}`;
  }

  async begin(batch: number, hash: string, sender: string, at: Date): Promise<void> {
    await this.#add({ event: 'begun', batch, hash, sender, at: at.toISOString() });
  }

  /** The server has said no: nothing of the batch is there. */
  async refuse(batch: number): Promise<void> {
    await this.#add({ event: 'refused', batch });
  }

  async accept(batch: number, taskId: string): Promise<void> {
    await this.#add({ event: 'accepted', batch, task_id: taskId });
  }

  async end(batch: number, counters: Counters): Promise<void> {
    await this.#add({ event: 'ended', batch, counters: { ...counters } });
  }

  async #add(line: JsonObject): Promise<void> {
    Journal.#take(this.#records, line);
    await this.#write(line);
  }

  async #write(line: JsonObject): Promise<void> {
    await this.#file.write(`${JSON.stringify(line)}\n`);
    await this.#file.datasync();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** The import is over: nothing is to be resumed. */
  async remove(): Promise<void> {
    await this.#file.close();
    await rm(this.path, { force: true });
  }
}
