import { isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';

/** Of the characters that XML 1.0 allows in a name, letters of the first plane; no colon, which is for namespaces. */
const NAME_START =
  /[A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u0482\u048A-\u052F\u3400-\u9FFF\uAC00-\uD7A3]/;
const NAME_REST = /[-.\d]/;

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `_x${code.toString(16).toUpperCase().padStart(4, '0')}_`;
}

/**
 * `_x`, code or no code, before a `_` or what will begin with one when it is printed: it would be read as a character.
 * A mere `_x` is not, so that the platform's `_xxh` keeps its name.
 */
const LIKE_ESCAPE =
  /^_[xX](?:[\da-fA-F]{4,6})?(?![-.\dA-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u0482\u048A-\u052F\u3400-\u9FFF\uAC00-\uD7A3])./su;

/**
 * A key as the name of an element. What a name cannot hold becomes `_x0024_`, by its code; so does the `_` before what
 * would be taken for one. The empty key is `_x_`.
 */
function printName(key: string): string {
  if (key === '') return '_x_';
  const characters = [...key];
  return characters
    .map((character, index) => {
      if (character === '_' && LIKE_ESCAPE.test(characters.slice(index, index + 9).join(''))) {
        return escapeCharacter(character);
      }
      if (NAME_START.test(character) || (index > 0 && NAME_REST.test(character))) return character;
      return escapeCharacter(character);
    })
    .join('');
}

const references = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['\r', '&#13;'],
]);

/** Space at the ends is written by number: it is taken for layout otherwise, by us as well. */
function printText(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>\r]/g, (character) => references.get(character) ?? '')
    .replace(/^[ \t\n]|[ \t\n]$/g, (space) => `&#${space.charCodeAt(0)};`);
}

const LIST = " array='true'";

function printElement(name: string, attributes: string, content: string): string {
  return content === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`;
}

/** What an element with that value holds; nothing for null and `{}`. */
function printContent(value: JsonValue): string {
  if (isJsonObject(value)) return printMembers(value);
  if (Array.isArray(value)) return value.map(printItem).join('');
  if (value === null) return '';
  return value === '' ? '<![CDATA[]]>' : printText(String(value));
}

function printItem(value: JsonValue): string {
  return printElement('item', Array.isArray(value) ? LIST : '', printContent(value));
}

/** Whether an element can be told from a whole list of `<item>`, and from an empty one. */
function isPlain(value: JsonValue): boolean {
  if (isJsonObject(value)) return Object.keys(value).some((key) => key !== 'item');
  return value !== null && !Array.isArray(value);
}

function printMember(key: string, value: JsonValue): string {
  const name = printName(key);
  if (!Array.isArray(value)) return printElement(name, '', printContent(value));
  if (value.length === 0 || !value.every(isPlain)) return printElement(name, LIST, printContent(value));
  return value.map((element) => printElement(name, LIST, printContent(element))).join('');
}

function printMembers(object: JsonObject): string {
  return Object.entries(object)
    .map(([key, value]) => printMember(key, value))
    .join('');
}

/**
 * An answer as XML, its keys in their order. A list is a repeated element with `array='true'`; where its elements could
 * be mistaken (lists, null) it is one element with `array='true'` around `<item>` elements. Characters that XML 1.0
 * cannot hold become U+FFFD. `parseXmlText` reads it back, numbers as text and `{}` as null.
 */
export function printXml(answer: JsonObject): string {
  return `<?xml version="1.0" encoding="UTF-8"?><xml>${printMembers(answer)}</xml>`;
}
