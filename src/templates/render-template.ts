import {
  isDeeperThan,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  MAX_JSON_DEPTH,
  ownValue,
  unreachable,
} from '../base/index.ts';
import type { Part, Template } from './parse-template.ts';

export interface TemplateScope {
  readonly lead: JsonObject | null;
  readonly subscription: JsonObject | null;
  readonly apicontent: JsonObject | null;
}

/**
 * Where the rendered text goes, and so how values are made harmless:
 * - `text`: as they are;
 * - `json`: inside the quotes of a JSON string escaped for it; outside quotes as a JSON value, `null` when absent, so
 *   that a template that is valid JSON with `0` for its variables gives valid JSON with any values;
 * - `url`: percent-encoded as one component of a URL. A value of `..` stays so, since URLs read `%2e%2e` as `..` too: do
 *   not let a variable be the whole of a path segment where that matters;
 * - `header`: without line breaks and other control characters.
 */
export type Landing = 'text' | 'json' | 'url' | 'header';

/**
 * In characters; values print nothing from there on. Only a hostile pair of template and content comes near, and
 * without a bound it would end the process or throw for a string that is too long.
 */
const MAX_RENDERED_LENGTH = 16_777_216;

// C0 with line feed and carriage return, DEL, C1 with NEL, and Unicode's line and paragraph separators.
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** Prints the template with the values of `scope`. An absent value or null prints nothing. Never throws. */
export function renderTemplate(template: Template, scope: TemplateScope, landing: Landing): string {
  let rendered = '';
  for (const part of template.parts) {
    if (part.kind === 'text') {
      rendered += part.text;
    } else {
      const printed = printValue(lookUp(part, scope), part.inString, landing);
      if (rendered.length + printed.length <= MAX_RENDERED_LENGTH) rendered += printed;
    }
  }
  return rendered;
}

function lookUp(variable: Extract<Part, { kind: 'variable' }>, scope: TemplateScope): JsonValue {
  let value: JsonValue | undefined = scope[variable.root];
  for (const name of variable.path) {
    if (Array.isArray(value)) value = /^\d+$/.test(name) ? value[Number(name)] : undefined;
    else if (isJsonObject(value)) value = ownValue(value, name);
    else return null;
  }
  // Deeper documents cannot be stored, so they do not come here; printing one could exhaust the stack.
  return value === undefined || isDeeperThan(value, MAX_JSON_DEPTH) ? null : value;
}

function printValue(value: JsonValue, inString: boolean, landing: Landing): string {
  switch (landing) {
    case 'text':
      return toText(value);
    case 'json':
      return inString ? JSON.stringify(toText(value)).slice(1, -1) : JSON.stringify(value);
    case 'url':
      // encodeURIComponent throws for half a surrogate pair; it becomes U+FFFD.
      return encodeURIComponent(toText(value).toWellFormed());
    case 'header':
      return toText(value).replace(CONTROL_CHARACTERS, '');
    default:
      return unreachable(landing);
  }
}

function toText(value: JsonValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
