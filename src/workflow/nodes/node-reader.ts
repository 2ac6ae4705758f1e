import type { TObject } from 'typebox';
import { type JsonObject, type JsonValue, ownValue, parseJsonTree } from '../../base/index.ts';
import { type Filter, parseFilter } from '../../query/index.ts';
import { type Landing, parseTemplate, type Template } from '../../templates/index.ts';
import type { JsonTemplate } from './json-template.ts';
import { type DefinitionFault, type EdgeName, edgeKey } from './node-base.ts';

/** Ids are `integer` columns. */
const MAX_ID = 2_147_483_647;

/** Reads the keys of one node, notes every fault with its path, and knows at the end which keys nobody asked for. */
export class NodeReader {
  readonly id: string;
  readonly path: string;
  readonly edges: Partial<Record<EdgeName, string>> = {};
  /** Edges by which runs may leave at once even where runs rest in nodes of this type. */
  readonly hasty = new Set<string>();
  readonly #node: JsonObject;
  readonly #faults: DefinitionFault[];
  readonly #known = new Set(['id', 'type']);

  constructor(id: string, node: JsonObject, faults: DefinitionFault[]) {
    this.id = id;
    this.path = `nodes.${id}`;
    this.#node = node;
    this.#faults = faults;
  }

  fault(key: string, message: string): void {
    this.#faults.push({ path: `${this.path}.${key}`, message });
  }

  value(key: string): JsonValue | undefined {
    this.#known.add(key);
    return ownValue(this.#node, key);
  }

  edge(name: EdgeName): void {
    this.edgeTo(name, this.value(name));
  }

  /** The same for an edge whose target does not stand under its name. */
  edgeTo(name: EdgeName, target: JsonValue | undefined): void {
    // Null is what a graph editor sends for an edge that has been taken away.
    if (target === undefined || target === null) return;
    if (typeof target === 'string') this.edges[name] = target;
    else this.fault(edgeKey(name), 'expected the id of a node');
  }

  /** The text, or undefined when it is absent or not a text (then it is a fault). */
  text(key: string, need: 'required' | 'optional'): string | undefined {
    const value = this.value(key);
    if (typeof value === 'string') return value;
    if (value !== undefined || need === 'required') this.fault(key, 'expected a text');
    return undefined;
  }

  /** One of the words, or undefined when it is absent or another (then it is a fault). */
  choice<T extends string>(key: string, words: readonly T[], need: 'required' | 'optional'): T | undefined {
    const value = this.value(key);
    const word = words.find((one) => one === value);
    if (word === undefined && (value !== undefined || need === 'required')) {
      this.fault(key, `expected one of ${words.join(', ')}`);
    }
    return word;
  }

  /** The integer id of something else, or undefined when it is absent or none (then it is a fault). */
  reference(key: string, need: 'required' | 'optional'): number | undefined {
    const value = this.value(key);
    if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_ID) return value;
    if (value !== undefined || need === 'required') this.fault(key, 'expected an id, a whole number from 1');
    return undefined;
  }

  number(key: string, fallback: number, [least, most]: readonly [number, number], whole: boolean): number {
    const value = this.value(key) ?? fallback;
    const fits = typeof value === 'number' && value >= least && value <= most;
    if (fits && (!whole || Number.isInteger(value))) return value;
    this.fault(key, `expected a ${whole ? 'whole ' : ''}number from ${least} to ${most}`);
    return fallback;
  }

  filter(key: string): Filter | undefined {
    const value = this.value(key);
    if (value === undefined) {
      this.fault(key, 'expected a filter');
      return undefined;
    }
    const parsed = parseFilter(value);
    if (parsed.ok) return parsed.value;
    for (const error of parsed.error) {
      this.fault(error.path === '' ? key : `${key}.${error.path}`, error.message);
    }
    return undefined;
  }

  template(path: string, source: string, landing: Landing): Template | undefined {
    const parsed = parseTemplate(source, landing);
    if (parsed.ok) return parsed.value;
    for (const { line, column, message } of parsed.error) {
      this.fault(path, `line ${line}, column ${column}: ${message}`);
    }
    return undefined;
  }

  /** The value, whose own path is `path`; null stands where a string is no template. */
  jsonTemplate(path: string, value: JsonValue): JsonTemplate {
    return parseJsonTree(value, path, (text, place) => this.template(place, text, 'text'));
  }

  /** Call it last: what is not in the schema of the type, or has not been asked for by then, is unknown. */
  refuseUnknownKeys({ properties }: TObject): void {
    for (const key of Object.keys(this.#node)) {
      const isKnown =
        key === 'id' || key === 'type' || (this.#known.has(key) && Object.hasOwn(properties, key));
      if (!isKnown) this.fault(key, 'a node of this type has no such key');
    }
  }
}
