import { isJsonObject, type JsonObject, type JsonValue, ownValue, textFault } from '../../base/index.ts';
import type { SettingsFault } from '../settings-error.ts';

const MAX_TEXT_LENGTH = 1_000;

/** Reads the keys of an object of the API, notes every fault with its path, and knows which keys nobody asked for. */
export class BodyReader {
  readonly faults: SettingsFault[];
  readonly #body: JsonObject;
  readonly #prefix: string;
  readonly #known: Set<string>;

  constructor(body: JsonObject, prefix = '', faults: SettingsFault[] = [], known: readonly string[] = []) {
    this.#body = body;
    this.#prefix = prefix;
    this.faults = faults;
    this.#known = new Set(known);
  }

  fault(key: string, message: string): void {
    this.faults.push({ path: this.#prefix + key, message });
  }

  /** Null and absent are the same. */
  value(key: string): JsonValue | undefined {
    this.#known.add(key);
    return ownValue(this.#body, key) ?? undefined;
  }

  /** Undefined when it is absent or a fault. A text without line breaks. */
  text(key: string, expected: string, isGood: (text: string) => boolean = () => true): string | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    const fits = typeof value === 'string' && value !== '' && value.length <= MAX_TEXT_LENGTH;
    if (fits && textFault(value) === undefined && !/[\r\n]/.test(value) && isGood(value)) return value;
    this.fault(key, `expected ${expected}`);
    return undefined;
  }

  number(key: string, [least, most]: readonly [number, number], whole: boolean): number | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    const fits = typeof value === 'number' && value >= least && value <= most;
    if (fits && (!whole || Number.isInteger(value))) return value;
    this.fault(key, `expected a ${whole ? 'whole ' : ''}number from ${least} to ${most}`);
    return undefined;
  }

  flag(key: string, fallback: boolean): boolean {
    const value = this.value(key) ?? fallback;
    if (typeof value === 'boolean') return value;
    this.fault(key, 'expected true or false');
    return fallback;
  }

  object(key: string): JsonObject | undefined {
    const value = this.value(key);
    if (value === undefined || isJsonObject(value)) return value;
    this.fault(key, 'expected an object');
    return undefined;
  }

  /** A reader of the object below that key. */
  below(key: string): BodyReader | undefined {
    const object = this.object(key);
    return object && new BodyReader(object, `${this.#prefix}${key}.`, this.faults);
  }

  /** Call it last. */
  refuseUnknownKeys(): void {
    for (const key of Object.keys(this.#body)) {
      if (!this.#known.has(key)) this.fault(key, 'is unknown');
    }
  }
}
