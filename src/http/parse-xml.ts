import { XMLParser, XMLValidator } from 'fast-xml-parser';
import {
  failure,
  isObject,
  type JsonObject,
  type JsonValue,
  MAX_JSON_DEPTH,
  type Outcome,
  success,
} from '../base/index.ts';

/** Keys of a request itself that are numbers, and truth values; in XML they are text like everything else. */
const numberKeys = new Set([
  ...['workflow_id', 'id', 'db_id', 'resource_id', 'result_from', 'result_limit', 'from_id', 'from', 'limit'],
  'segment_id',
  ...['add_to_segments', 'remove_from_segments'],
]);
const flagKeys = new Set([
  ...['skip_triggers', 'skip_invalid_subscriptions', 'detect_geo', 'dry_run', 'skip_profiles'],
]);
const flags = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** The name of the elements in a list that is written as one element. */
const ITEM = 'item';
/** No name begins with it, so that with it none is one of JavaScript's own, which the library refuses or renames. */
const MARK = '.';

const parser = new XMLParser({
  preserveOrder: true,
  cdataPropName: '#cdata',
  ignoreAttributes: (name) => name !== 'array',
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: false,
  // References are resolved here, after white space was cut off; entities cannot be declared, so none can grow.
  processEntities: false,
  transformTagName: (name) => (name.startsWith(MARK) ? name : MARK + name),
  maxNestedTags: MAX_JSON_DEPTH,
  jPath: false,
});

const predefined = new Map([
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&apos;', "'"],
]);

/** What XML 1.0 cannot hold, not even as a reference. */
const FOREIGN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** The text of `&amp;`, `&#13;`, `&#xD;`; undefined for every other name and for characters that XML cannot hold. */
function resolveReference(reference: string): string | undefined {
  const named = predefined.get(reference);
  if (named !== undefined) return named;
  const [, decimal, hex] = /^&#(?:(\d{1,7})|x([\da-f]{1,6}));$/i.exec(reference) ?? [];
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  if (!(code <= 0x10ffff)) return undefined;
  const text = String.fromCodePoint(code);
  return FOREIGN.test(text) ? undefined : text;
}

/** `what` is said with the place alone: the text may hold a token. */
function faultAt(text: string, offset: number, what = 'unexpected text'): string {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - (before.lastIndexOf('\n') + 1) + 1;
  return `body: not valid XML, ${what} at line ${line}, column ${column}`;
}

/** Comments and CDATA as a whole; else the places where something may begin that is refused. All in linear time. */
const SUSPECTS = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<[!?]|&[^;&<]{0,10};?/g;

/** What the library would let pass: a DOCTYPE, processing instructions, entities, and characters that are none. */
function findSuspect(text: string): string | undefined {
  const foreign = text.search(FOREIGN);
  if (foreign !== -1) return faultAt(text, foreign, 'a character that XML cannot hold');
  for (const { 0: token, index } of text.matchAll(SUSPECTS)) {
    if (token.startsWith('&')) {
      if (resolveReference(token) === undefined) return faultAt(text, index, 'an unknown entity');
    } else if (token === '<!') {
      const isDoctype = /^<!(?:DOCTYPE|ENTITY)/i.test(text.slice(index, index + 9));
      return faultAt(text, index, isDoctype ? 'a DOCTYPE, which is not allowed,' : undefined);
    } else if (token === '<?' && !(index === 0 && /^<\?xml\s[^<>]*\?>/.test(text))) {
      return faultAt(text, index, 'a processing instruction, which is not allowed,');
    }
  }
  return undefined;
}

/** An element as the library leaves it. */
interface Element {
  readonly name: string;
  /** Whether it says `array='true'`. */
  readonly marked: boolean;
  readonly nodes: readonly unknown[];
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** `_x0024_in` is `$in`: how `printXml` writes a key that is no name. */
function readName(name: string): string {
  return name.replace(/_x([\da-f]{4,6})?_/gi, (written: string, hex: string | undefined) => {
    if (hex === undefined) return '';
    const code = Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : written;
  });
}

function readElement(node: Record<string, unknown>): Element | undefined {
  const key = Object.keys(node).find((name) => name.startsWith(MARK));
  if (key === undefined) return undefined;
  const attributes = node[':@'];
  const marked = isObject(attributes) && attributes['@_array'] === 'true';
  return { name: readName(key.slice(MARK.length)), marked, nodes: list(node[key]) };
}

function cutSpace(text: string, first: boolean, last: boolean): string {
  let start = 0;
  let end = text.length;
  while (first && start < end && ' \t\n'.includes(text.charAt(start))) start += 1;
  while (last && end > start && ' \t\n'.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** The text of an element; undefined when there is none, not even an empty CDATA. */
function readText(nodes: readonly unknown[]): string | undefined {
  let text: string | undefined;
  for (const [index, node] of nodes.entries()) {
    if (!isObject(node)) continue;
    if (typeof node['#text'] === 'string') {
      const raw = cutSpace(node['#text'], index === 0, index === nodes.length - 1);
      if (raw === '') continue;
      text = (text ?? '') + raw.replace(/&[^;]*;/g, (reference) => resolveReference(reference) ?? '');
    } else {
      const [inner] = list(node['#cdata']);
      text = (text ?? '') + (isObject(inner) ? String(inner['#text']) : '');
    }
  }
  return text;
}

/** Text and elements side by side: no object, list or text can hold both. Ends the walk; caught below. */
class MixedContent extends Error {}

/** Elements below an element. @throws {MixedContent} */
function readElements(nodes: readonly unknown[]): Element[] {
  const elements: Element[] = [];
  const rest: unknown[] = [];
  for (const node of nodes) {
    const element = isObject(node) ? readElement(node) : undefined;
    if (element === undefined) rest.push(node);
    else elements.push(element);
  }
  const isLayout = (node: unknown): boolean => isObject(node) && readText([node]) === undefined;
  if (elements.length > 0 && !rest.every(isLayout)) throw new MixedContent();
  return elements;
}

/** The elements of a list that one marked element stands for: all of them, or one. */
function readMarked({ nodes }: Element): JsonValue[] {
  const elements = readElements(nodes);
  if (elements.length === 0) {
    const text = readText(nodes);
    return text === undefined ? [] : [text];
  }
  if (!elements.every(({ name }) => name === ITEM)) return [readObject(elements)];
  return elements.map((item) => (item.marked ? readMarked(item) : readValue(item)));
}

function readValue({ nodes }: Element): JsonValue {
  const elements = readElements(nodes);
  return elements.length === 0 ? (readText(nodes) ?? null) : readObject(elements);
}

function readObject(elements: readonly Element[]): JsonObject {
  const byName = new Map<string, Element[]>();
  for (const element of elements) {
    const same = byName.get(element.name);
    if (same === undefined) byName.set(element.name, [element]);
    else same.push(element);
  }
  // As entries, so that `__proto__` becomes a key like any other.
  const entries = [...byName].map(([name, same]): [string, JsonValue] => {
    const [first] = same;
    if (first !== undefined && same.length === 1 && !first.marked) return [name, readValue(first)];
    return [name, same.flatMap((element) => (element.marked ? readMarked(element) : [readValue(element)]))];
  });
  return Object.fromEntries(entries);
}

/** What is no number or truth value stays text, for the room that wants one to refuse. */
function convertKnown(key: string, value: JsonValue): JsonValue {
  if (Array.isArray(value) && numberKeys.has(key)) return value.map((element) => convertKnown(key, element));
  if (typeof value !== 'string') return value;
  if (numberKeys.has(key) && /^-?\d{1,15}$/.test(value)) return Number(value);
  return flagKeys.has(key) ? (flags.get(value) ?? value) : value;
}

function readTree(text: string): Outcome<JsonObject, string> {
  let tree: unknown;
  try {
    tree = parser.parse(text);
  } catch {
    // The library's message repeats the text. What it refuses after the validator has passed is depth.
    return failure(`body: not valid XML, or nested deeper than ${MAX_JSON_DEPTH} levels`);
  }
  try {
    const [root, ...others] = readElements(list(tree));
    if (root === undefined || others.length > 0)
      return failure('body: not valid XML, expected one root element');
    const elements = readElements(root.nodes);
    if (elements.length === 0 && readText(root.nodes) !== undefined) {
      return failure('body: expected an element for each key in the root element, found text');
    }
    const entries = Object.entries(readObject(elements));
    return success(Object.fromEntries(entries.map(([key, value]) => [key, convertKnown(key, value)])));
  } catch (thrown) {
    if (thrown instanceof MixedContent) return failure('body: text beside elements in an XML element');
    throw thrown;
  }
}

/**
 * The object in the text of an XML body, the same that JSON would bring, or what is wrong with it; the fault names the
 * place and never repeats the text. The root element may have any name; each element in it is a key.
 *
 * - A list is a repeated element; `array='true'` makes one of a single element too. An element with `array='true'`
 *   that holds nothing but `<item>` elements is a whole list, and an empty one the empty list.
 * - Values are text, but for the known numbers and truth values of the request itself; fields are coerced later.
 * - White space at the ends of a text is layout, unless it is written as a reference (`&#32;`) or in CDATA.
 * - An empty element is null, which leaves a field as it is, however it is written: XML tells `<x/>` and `<x></x>` not
 *   apart, and a template's gap should not wipe a field. The empty text is `<x><![CDATA[]]></x>`.
 * - `_x0024_` in a name stands for the character of that code, so that every key can be written.
 * - Only the five predefined entities and characters by number; no DOCTYPE; at most 32 levels.
 */
export function parseXmlText(text: string): Outcome<JsonObject, string> {
  if (text.trim() === '') return failure('body: empty, expected an XML element');
  const suspect = findSuspect(text);
  if (suspect !== undefined) return failure(suspect);
  const verdict = XMLValidator.validate(text);
  if (verdict !== true) {
    const { line, col = 1 } = verdict.err;
    return failure(`body: not valid XML, unexpected text at line ${line}, column ${col}`);
  }
  return readTree(text);
}
