import type { JsonValue } from '../base/index.ts';
import type { RenderRun } from './render-run.ts';
import type { Place } from './template-tree.ts';

// C0 with line feed and carriage return, DEL, C1 with NEL, and Unicode's line and paragraph separators.
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

type PrintValue = (run: RenderRun, value: JsonValue) => string;

/** How a value is written at a place. What is printed neither ends the place nor means anything but itself there. */
export function printFor(place: Place): PrintValue {
  return printers[place];
}

const printers: Readonly<Record<Place, PrintValue>> = {
  text: (run, value) => run.textOf(value),
  json: (run, value) => (isTooMuch(run, value) ? 'null' : JSON.stringify(value)),
  'json-string': (run, value) => JSON.stringify(run.textOf(value)).slice(1, -1),
  url: (run, value) => encodePart(run.textOf(value)),
  header: (run, value) => run.textOf(value).replace(CONTROL_CHARACTERS, ''),
  html: (run, value) => escapeHtml(run.textOf(value)),
  // Between blanks, so that with the `--` or `>` beside it neither a value nor its absence ends the comment.
  'html-comment': (run, value) => ` ${escapeHtml(run.textOf(value))} `,
  'html-raw': (run, value) => run.textOf(value),
  'html-url': (run, value) => escapeHtml(encodeUrl(run.textOf(value))),
  'html-url-part': (run, value) => escapeHtml(encodePart(run.textOf(value))),
  // Those who read mailto: and tel: often take them as they are; behind these schemes @ and + mean nothing else.
  'html-url-address': (run, value) =>
    escapeHtml(encodePart(run.textOf(value)).replaceAll('%40', '@').replaceAll('%2B', '+')),
  css: (run, value) => escapeCss(run.textOf(value)),
  'css-attribute': (run, value) => escapeHtml(escapeCss(run.textOf(value))),
  script: (run, value) => (isTooMuch(run, value) ? 'null' : toScript(value)),
  'script-string': (run, value) => escapeScript(run.textOf(value)),
};

function isTooMuch(run: RenderRun, value: JsonValue): boolean {
  return typeof value === 'string' ? !run.allowText(value) : !run.allowWalk(value);
}

/** JSON whose strings hold nothing that HTML or a script could take for its own. */
function toScript(value: JsonValue): string {
  if (typeof value === 'string') return `"${escapeScript(value)}"`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(toScript).join(',')}]`;
  const members = Object.entries(value).map(([key, child]) => `"${escapeScript(key)}":${toScript(child)}`);
  return `{${members.join(',')}}`;
}

function escapeHtml(text: string): string {
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (c) => entities[c] ?? '') : text;
}

/** Half of a surrogate pair becomes U+FFFD, for which encodeURIComponent would throw. */
function encodePart(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

const SAFE_SCHEMES = new Set(['http', 'https', 'mailto', 'tel', 'sms', 'cid']);

/**
 * A whole URL, or the beginning of one. `#` for one with a scheme that could run a program or show a made-up document;
 * browsers pass over control characters in front of and in a scheme.
 */
function encodeUrl(text: string): string {
  const url = text.replace(CONTROL_CHARACTERS, '').trim();
  const schemeEnd = url.search(/[/?#\\:]/);
  if (url.charAt(schemeEnd) === ':' && !SAFE_SCHEMES.has(url.slice(0, schemeEnd).toLowerCase())) return '#';
  // What is encoded already stays as it is.
  return encodeURI(url.toWellFormed()).replace(/%25(?=[0-9a-f]{2})/gi, '%');
}

/** Letters, digits and what is common in sizes, colours and URLs stay; such a text cannot end a value or a string. */
function escapeCss(text: string): string {
  const rest = /^\s*(?:javascript|vbscript|data)\s*:/i.test(text)
    ? /[^\p{L}\p{N} .,#%_+-]/gu
    : /[^\p{L}\p{N} .,#%_+:/?=&@~-]/gu;
  return text.toWellFormed().replace(rest, (c) => `\\${(c.codePointAt(0) ?? 0).toString(16)} `);
}

function escapeScript(text: string): string {
  return text.replace(/[^\w .,-]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
