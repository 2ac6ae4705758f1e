import { IANAZone } from 'luxon';
import { isJsonObject, type JsonValue } from '../base/index.ts';
import { formatCurrency, formatDate, formatNumber, localeOf } from './format-value.ts';
import { exists, MAX_RENDERED_LENGTH, numberOf, type RenderRun } from './render-run.ts';
import type { Expression } from './template-tree.ts';

/** A `value` may come from a path; all others stand in the template, and so are judged when it is saved. */
type ArgumentKind = 'value' | 'text' | 'whole' | 'zone' | 'locale' | 'currency';

/** Takes the value and the arguments that are there. Null stays null, but for `default` and `length`. */
type ApplyFilter = (run: RenderRun, input: JsonValue, args: readonly JsonValue[]) => JsonValue;

export interface Filter {
  readonly args: readonly ArgumentKind[];
  readonly required: number;
  readonly apply: ApplyFilter;
}

const MAX_DECIMALS = 20;
const MAX_WHOLE = 1_000_000;
const MAX_ARGUMENT_LENGTH = 200;

export const filters: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  ['default', { args: ['value'], required: 1, apply: applyDefault }],
  ['upper', changeText((text, locale) => text.toLocaleUpperCase(locale))],
  ['lower', changeText((text, locale) => text.toLocaleLowerCase(locale))],
  ['capitalize', changeText(capitalize)],
  [
    'title',
    changeText((text, locale) => text.replace(/[\p{L}\p{M}\p{N}'’]+/gu, (word) => capitalize(word, locale))),
  ],
  ['trim', changeText((text) => text.trim())],
  ['truncate', { args: ['whole', 'text'], required: 1, apply: truncate }],
  ['date', { args: ['text', 'zone', 'locale'], required: 1, apply: formatDate }],
  ['number', { args: ['whole', 'locale'], required: 0, apply: formatNumber }],
  ['currency', { args: ['currency', 'locale'], required: 1, apply: formatCurrency }],
  ['round', { args: ['whole'], required: 0, apply: round }],
  ['plus', calculate((left, right) => left + right)],
  ['minus', calculate((left, right) => left - right)],
  ['times', calculate((left, right) => left * right)],
  ['plural', { args: ['text', 'text', 'text'], required: 2, apply: choosePlural }],
  ['join', { args: ['text'], required: 1, apply: join }],
  ['length', { args: [], required: 0, apply: measure }],
  ['json', { args: [], required: 0, apply: toJson }],
]);

/** Why the filter cannot take these arguments, or undefined when it can. */
export function argumentFault(name: string, filter: Filter, args: readonly Expression[]): string | undefined {
  const missing = filter.args[args.length];
  if (args.length < filter.required && missing !== undefined) {
    return `${name}: expected ${describeKind(missing)} behind it`;
  }
  for (const [index, argument] of args.entries()) {
    const kind = filter.args[index] ?? 'value';
    const value = argument.kind === 'literal' ? argument.value : undefined;
    if (!fitsKind(kind, value)) return `${name}: expected ${describeKind(kind)} as argument ${index + 1}`;
    // Digits behind the point; truncate's number is a length.
    if (kind === 'whole' && name !== 'truncate' && Number(value) > MAX_DECIMALS) {
      return `${name}: expected at most ${MAX_DECIMALS} digits`;
    }
  }
  return undefined;
}

function fitsKind(kind: ArgumentKind, value: JsonValue | undefined): boolean {
  if (kind === 'value') return true;
  if (kind === 'whole')
    return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_WHOLE;
  if (typeof value !== 'string' || value.length > MAX_ARGUMENT_LENGTH) return false;
  if (kind === 'zone') return IANAZone.isValidZone(value);
  if (kind === 'locale') return localeOf(value) !== undefined;
  return kind === 'text' || /^[A-Z]{3}$/.test(value);
}

function describeKind(kind: ArgumentKind): string {
  switch (kind) {
    case 'value':
      return 'a value';
    case 'text':
      return `a text in "quotes" of at most ${MAX_ARGUMENT_LENGTH} characters`;
    case 'whole':
      return `a whole number from 0 to ${MAX_WHOLE}`;
    case 'zone':
      return 'a time zone such as "Europe/Moscow"';
    case 'locale':
      return 'a locale such as "ru" or "en-GB"';
    case 'currency':
      return 'a currency such as "RUB"';
  }
}

function changeText(change: (text: string, locale: string) => string): Filter {
  const apply: ApplyFilter = (run, input) => {
    if (input === null) return null;
    return change(run.textOf(input), localeOf(run.scope.locale) ?? 'en');
  };
  return { args: [], required: 0, apply };
}

function calculate(operate: (left: number, right: number) => number): Filter {
  const apply: ApplyFilter = (_run, input, [operand = null]) => {
    const [left, right] = [numberOf(input), numberOf(operand)];
    if (left === undefined || right === undefined) return null;
    // 0.1 + 0.2 is 0.3 to all who read messages.
    const result = Number(operate(left, right).toPrecision(15));
    return Number.isFinite(result) ? result : null;
  };
  return { args: ['value'], required: 1, apply };
}

function applyDefault(_run: RenderRun, input: JsonValue, [fallback = null]: readonly JsonValue[]): JsonValue {
  return input !== false && !exists(input) ? fallback : input;
}

function capitalize(text: string, locale: string): string {
  const first = String.fromCodePoint(text.codePointAt(0) ?? 32);
  if (text === '') return '';
  return first.toLocaleUpperCase(locale) + text.slice(first.length).toLocaleLowerCase(locale);
}

/** At most so many characters, the mark included; a character is a code point, so that no emoji is cut in two. */
function truncate(run: RenderRun, input: JsonValue, [most, mark]: readonly JsonValue[]): JsonValue {
  if (input === null) return null;
  const text = run.textOf(input);
  const limit = Number(most);
  const sign = typeof mark === 'string' ? [...mark].slice(0, limit).join('') : limit > 0 ? '…' : '';
  const keep = limit - [...sign].length;
  let count = 0;
  let cut = 0;
  for (let at = 0; at < text.length; count += 1) {
    if (count === limit) return text.slice(0, cut) + sign;
    at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    if (count < keep) cut = at;
  }
  return text;
}

function round(_run: RenderRun, input: JsonValue, [digits = 0]: readonly JsonValue[]): JsonValue {
  const number = numberOf(input);
  if (number === undefined) return null;
  // By the digits that are shown: 1.005 is a little less than that in binary, and yet 1.01 is what people expect.
  const shifted = Math.round(Number(`${Math.abs(number)}e${digits}`));
  const rounded = Number(`${shifted}e-${digits}`);
  return Number.isFinite(rounded) ? Math.sign(number) * rounded : number;
}

/** Two forms as in English (1, others), three as in Russian (1, 2–4, others; a fraction takes the second). */
function choosePlural(_run: RenderRun, input: JsonValue, [one, few, many]: readonly JsonValue[]): JsonValue {
  const number = Math.abs(numberOf(input) ?? 0);
  if (many === undefined) return (number === 1 ? one : few) ?? null;
  if (!Number.isInteger(number)) return few ?? null;
  const [tens, units] = [number % 100, number % 10];
  if (units === 1 && tens !== 11) return one ?? null;
  return (units >= 2 && units <= 4 && (tens < 12 || tens > 14) ? few : many) ?? null;
}

function join(run: RenderRun, input: JsonValue, [separator = '']: readonly JsonValue[]): JsonValue {
  if (!Array.isArray(input) || !run.allowWalk(input)) return input;
  const texts = input.map((element) => run.textOf(element));
  let length = 0;
  for (const text of texts) length += text.length + String(separator).length;
  if (length > MAX_RENDERED_LENGTH) run.stop();
  return run.isOver ? null : texts.join(String(separator));
}

function measure(run: RenderRun, input: JsonValue): JsonValue {
  if (typeof input === 'string') {
    if (!run.allowText(input)) return null;
    let length = 0;
    for (const _character of input) length += 1;
    return length;
  }
  if (Array.isArray(input)) return input.length;
  if (!isJsonObject(input)) return input === null ? 0 : null;
  if (!run.allowWalk(input)) return null;
  return Object.keys(input).length;
}

function toJson(run: RenderRun, input: JsonValue): JsonValue {
  return run.allowWalk(input) ? JSON.stringify(input) : null;
}
