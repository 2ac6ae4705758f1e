import { isJsonObject, type JsonObject, type JsonValue, MAX_JSON_DEPTH } from '../base/index.ts';

/**
 * What a template may read. Only `lead`, `subscription` and `apicontent` must be there; what is absent prints nothing.
 */
export interface TemplateScope {
  readonly lead: JsonObject | null;
  readonly subscription: JsonObject | null;
  readonly apicontent: JsonObject | null;
  /** What a gateway's request template is about. */
  readonly message?: JsonObject | null;
  /** All subscriptions of the profile, for `subscription_field`; objects with `channel`, `priority`, `resource_id`. */
  readonly subscriptions?: readonly JsonObject[];
  readonly links?: { readonly unsubscribe: string; readonly globalUnsubscribe: string };
  readonly now?: Date;
  /** IANA name, else UTC. */
  readonly zone?: string;
  /** BCP 47 such as `ru` or `en-GB`, else English. */
  readonly locale?: string;
}

/** In characters; what is longer is cut off. */
export const MAX_RENDERED_LENGTH = 16_777_216;
/** Rounds of all loops together. */
const MAX_ROUNDS = 1_000_000;
/** A part printed is one, a value as much as it has characters and members, a formatted number 1,000, a date 10,000. */
const MAX_WORK = 32_000_000;

export interface Round {
  readonly index: number;
  readonly length: number;
}

/**
 * One rendering. Only a hostile pair of template and content comes near the bounds; then it ends where it is, since
 * without them it would occupy the process or throw for a string that is too long.
 */
export class RenderRun {
  readonly scope: TemplateScope;
  out = '';
  /** By slot. */
  readonly locals: JsonValue[] = [];
  /** Of the innermost loop. */
  round: Round | undefined;
  #rounds = MAX_ROUNDS;
  #work = MAX_WORK;

  constructor(scope: TemplateScope) {
    this.scope = scope;
  }

  get isOver(): boolean {
    return this.#work < 0;
  }

  charge(work: number): void {
    this.#work -= work;
  }

  stop(): void {
    this.#work = -1;
  }

  append(text: string): void {
    this.#work -= 1;
    if (this.#work < 0) return;
    if (this.out.length + text.length > MAX_RENDERED_LENGTH) this.#work = -1;
    else this.out += text;
  }

  startRound(): boolean {
    this.#rounds -= 1;
    if (this.#rounds < 0) this.#work = -1;
    return this.#work >= 0;
  }

  /** Counts a text that is about to be copied or changed. False when it is too long for that. */
  allowText(text: string): boolean {
    if (text.length > MAX_RENDERED_LENGTH) this.#work = -1;
    this.#work -= text.length;
    return this.#work >= 0;
  }

  /**
   * Counts a value that is about to be walked as a whole. False for a document that is too deep (it cannot be stored,
   * so it does not come here; printing it could exhaust the stack) or too large.
   */
  allowWalk(value: JsonValue): boolean {
    const weight = weightOf(value, MAX_JSON_DEPTH);
    if (weight === Number.POSITIVE_INFINITY) return false;
    if (weight > MAX_RENDERED_LENGTH) this.#work = -1;
    this.#work -= weight;
    return this.#work >= 0;
  }

  /** The value as it is shown: '' for null, JSON for lists and objects. */
  textOf(value: JsonValue): string {
    if (typeof value === 'string') return this.allowText(value) ? value : '';
    if (value === null) return '';
    if (typeof value !== 'object') return String(value);
    return this.allowWalk(value) ? JSON.stringify(value) : '';
  }
}

function weightOf(value: JsonValue, depth: number): number {
  if (typeof value === 'string') return value.length + 1;
  if (typeof value !== 'object' || value === null) return 1;
  if (depth === 0) return Number.POSITIVE_INFINITY;
  let weight = 1;
  if (Array.isArray(value)) {
    for (const element of value) weight += weightOf(element, depth - 1);
    return weight;
  }
  for (const key of Object.keys(value)) weight += key.length + weightOf(value[key] ?? null, depth - 1);
  return weight;
}

/** Whether there is something to speak of: not null, false, '', an empty list or an empty object. */
export function exists(value: JsonValue): boolean {
  if (value === null || value === false || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  if (isJsonObject(value)) {
    for (const key in value) if (Object.hasOwn(value, key)) return true;
    return false;
  }
  return true;
}

/** The number that a value is or spells; undefined for any other. */
export function numberOf(value: JsonValue): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^[+-]?\d{1,30}(?:\.\d{1,30})?$/.test(value)) return undefined;
  return Number(value);
}
