import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/index.ts';
import { isJsonPointer } from './json-pointer.ts';

/** What is wrong with one key of the settings, by its path. */
export interface SettingsFault {
  readonly path: string;
  readonly message: string;
}

const MAX_PATTERN_LENGTH = 500;
const MAX_LIST_LENGTH = 50;

/** Reads one object of the settings; faults are gathered, so that all of them are told at once. */
export class SettingsReader {
  readonly #object: JsonObject;
  readonly #path: string;
  readonly faults: SettingsFault[];

  constructor(object: JsonObject, path: string, faults: SettingsFault[]) {
    this.#object = object;
    this.#path = path;
    this.faults = faults;
  }

  fault(key: string, message: string): void {
    this.faults.push({ path: this.pathOf(key), message });
  }

  pathOf(key: string): string {
    return this.#path === '' ? key : `${this.#path}.${key}`;
  }

  /** Null counts as absent. */
  value(key: string): JsonValue | undefined {
    return Object.hasOwn(this.#object, key) ? (this.#object[key] ?? undefined) : undefined;
  }

  /** The object at the key; an empty one when it is absent. */
  object(key: string): SettingsReader {
    const value = this.value(key);
    if (value !== undefined && !isJsonObject(value)) this.fault(key, 'expected an object');
    return new SettingsReader(isJsonObject(value) ? value : {}, this.pathOf(key), this.faults);
  }

  text(key: string): string | undefined {
    const value = this.value(key);
    if (value === undefined || typeof value === 'string') return value;
    this.fault(key, 'expected a text');
    return undefined;
  }

  number(key: string, fallback: number, [least, most]: readonly [number, number]): number {
    const value = this.value(key);
    if (value === undefined) return fallback;
    if (typeof value === 'number' && value >= least && value <= most) return value;
    this.fault(key, `expected a number from ${least} to ${most}`);
    return fallback;
  }

  pattern(key: string): RegExp | null {
    const source = this.text(key);
    if (source === undefined) return null;
    if (source.length > MAX_PATTERN_LENGTH) {
      this.fault(key, `longer than ${MAX_PATTERN_LENGTH} characters`);
      return null;
    }
    try {
      return new RegExp(source, 'su');
    } catch {
      this.fault(key, 'not a valid regular expression');
      return null;
    }
  }

  pointer(key: string): string | undefined {
    const pointer = this.text(key);
    if (pointer === undefined || isJsonPointer(pointer)) return pointer;
    this.fault(key, 'expected a JSON pointer such as /data/id');
    return undefined;
  }

  /** HTTP statuses; undefined when absent. */
  statuses(key: string): number[] | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    const list = Array.isArray(value) ? value : [value];
    const statuses = list.filter((one) => typeof one === 'number' && Number.isInteger(one));
    const isRight = statuses.length === list.length && list.length <= MAX_LIST_LENGTH;
    if (!isRight) this.fault(key, 'expected a list of HTTP statuses');
    return statuses.filter((one) => typeof one === 'number');
  }

  /** Words that a provider uses, lower case. */
  words(key: string): string[] {
    const value = this.value(key) ?? [];
    const list = Array.isArray(value) ? value : [value];
    const words = list.filter((one) => typeof one === 'string' || typeof one === 'number');
    if (words.length < list.length || list.length > MAX_LIST_LENGTH) {
      this.fault(key, `expected a list of at most ${MAX_LIST_LENGTH} texts or numbers`);
    }
    return words.map((word) => String(word).toLowerCase());
  }
}
