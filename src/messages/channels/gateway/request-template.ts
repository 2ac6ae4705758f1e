import {
  isJsonObject,
  type JsonObject,
  type JsonTree,
  type JsonValue,
  ownValue,
  parseJsonTree,
  renderJsonTree,
} from '../../../base/index.ts';

/** What a request may be filled with: the message, and the secrets of its sender. */
export interface RequestScope {
  readonly message: JsonObject;
  readonly secret: JsonObject;
}

/**
 * Where a value lands, and so how it is made harmless: `url` and `form` percent-encoded, `header` without line breaks,
 * `json` as a JSON value or inside the quotes of a string, `text` as it is.
 */
export type RequestLanding = 'url' | 'form' | 'header' | 'json' | 'text';

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'variable';
      readonly root: keyof RequestScope;
      readonly path: readonly string[];
      /** Whether a JSON string is open where it stands. */
      readonly inString: boolean;
    };

export interface RequestTemplate {
  readonly landing: RequestLanding;
  readonly parts: readonly Part[];
}

const VARIABLE = /\{(message|secret)\.([^{}\s"]*)\}/g;
const PATH = /^[A-Za-z_][\w-]*(?:\.(?:[A-Za-z_][\w-]*|\d{1,9}))*$/;
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

function isStringOpen(text: string, wasOpen: boolean): boolean {
  let open = wasOpen;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\' && open) at += 1;
    else if (text[at] === '"') open = !open;
  }
  return open;
}

/** Other braces are text. `onFault` gets a sentence for each variable whose name cannot be one. */
export function parseRequestTemplate(
  source: string,
  landing: RequestLanding,
  onFault: (message: string) => void,
): RequestTemplate {
  const parts: Part[] = [];
  let at = 0;
  let inString = false;
  for (const found of source.matchAll(VARIABLE)) {
    const [form, root, path = ''] = found;
    if (!PATH.test(path)) onFault(`${form.slice(0, 60)}: expected names between dots`);
    const text = source.slice(at, found.index);
    at = found.index + form.length;
    if (text !== '') parts.push({ kind: 'text', text });
    inString = isStringOpen(text, inString);
    parts.push({
      kind: 'variable',
      root: root === 'secret' ? 'secret' : 'message',
      path: path.split('.'),
      inString,
    });
  }
  if (at < source.length) parts.push({ kind: 'text', text: source.slice(at) });
  return { landing, parts };
}

/** The names of the secrets that a template uses. */
export function secretsIn(template: RequestTemplate): string[] {
  return template.parts.flatMap((part) =>
    part.kind === 'variable' && part.root === 'secret' ? [part.path[0] ?? ''] : [],
  );
}

function lookUp(part: Extract<Part, { kind: 'variable' }>, scope: RequestScope): JsonValue {
  let value: JsonValue | undefined = scope[part.root];
  for (const name of part.path) {
    if (Array.isArray(value)) value = value[Number(name)];
    else value = isJsonObject(value) ? ownValue(value, name) : undefined;
  }
  return value ?? null;
}

function toText(value: JsonValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function print(value: JsonValue, inString: boolean, landing: RequestLanding): string {
  switch (landing) {
    case 'url':
    case 'form':
      return encodeURIComponent(toText(value).toWellFormed());
    case 'header':
      return toText(value).replace(CONTROL_CHARACTERS, '');
    case 'json':
      return inString ? JSON.stringify(toText(value)).slice(1, -1) : JSON.stringify(value);
    case 'text':
      return toText(value);
  }
}

/** Prints the template; an absent value prints nothing. */
export function renderRequestTemplate(template: RequestTemplate, scope: RequestScope): string {
  return template.parts
    .map((part) =>
      part.kind === 'text' ? part.text : print(lookUp(part, scope), part.inString, template.landing),
    )
    .join('');
}

/** A JSON value whose strings are templates. One that is a single variable becomes that value, an object too. */
export type RequestBody = JsonTree<RequestTemplate>;

export function parseRequestBody(
  value: JsonValue,
  path: string,
  onFault: (path: string, message: string) => void,
): RequestBody {
  return parseJsonTree(value, path, (text, place) =>
    parseRequestTemplate(text, 'text', (message) => onFault(place, message)),
  );
}

function renderBodyText(template: RequestTemplate, scope: RequestScope): JsonValue {
  const [only, second] = template.parts;
  if (only?.kind !== 'variable' || second !== undefined) return renderRequestTemplate(template, scope);
  const value = lookUp(only, scope);
  return typeof value === 'object' && value !== null ? value : toText(value);
}

export function renderRequestBody(body: RequestBody, scope: RequestScope): JsonValue {
  return renderJsonTree(body, (template) => renderBodyText(template, scope));
}
