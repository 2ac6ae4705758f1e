import type { JsonValue } from '../../base/index.ts';
import {
  isFixed as isFixedTemplate,
  parseTemplate,
  renderTemplate,
  type Template,
  type TemplateError,
  type TemplateScope,
} from '../../templates/index.ts';

/** A JSON value whose strings (not its keys) are templates. */
export type JsonTemplate =
  | { readonly kind: 'fixed'; readonly value: null | boolean | number }
  | { readonly kind: 'text'; readonly template: Template }
  | { readonly kind: 'list'; readonly elements: readonly JsonTemplate[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, JsonTemplate])[] };

/** Parses every string of the value; `onFault` gets each fault with the path inside the value, '' for itself. */
export function parseJsonTemplate(
  value: JsonValue,
  path: string,
  onFault: (path: string, error: TemplateError) => void,
): JsonTemplate {
  if (typeof value === 'string') {
    const parsed = parseTemplate(value, 'text');
    if (parsed.ok) return { kind: 'text', template: parsed.value };
    for (const error of parsed.error) onFault(path, error);
    return { kind: 'fixed', value: null };
  }
  if (typeof value !== 'object' || value === null) return { kind: 'fixed', value };
  if (Array.isArray(value)) {
    const elements = value.map((element, index) => parseJsonTemplate(element, `${path}[${index}]`, onFault));
    return { kind: 'list', elements };
  }
  const members = Object.entries(value).map(
    ([key, child]) => [key, parseJsonTemplate(child, `${path}.${key}`, onFault)] as const,
  );
  return { kind: 'object', members };
}

export function renderJson(template: JsonTemplate, scope: TemplateScope): JsonValue {
  switch (template.kind) {
    case 'fixed':
      return template.value;
    case 'text':
      return renderTemplate(template.template, scope);
    case 'list':
      return template.elements.map((element) => renderJson(element, scope));
    case 'object':
      // fromEntries makes own properties of keys such as __proto__.
      return Object.fromEntries(template.members.map(([key, child]) => [key, renderJson(child, scope)]));
  }
}

/** The value where nothing of it depends on the scope, so that it can be judged before any run; else undefined. */
export function fixedValue(template: JsonTemplate): JsonValue | undefined {
  return isFixed(template) ? renderJson(template, NO_SCOPE) : undefined;
}

const NO_SCOPE: TemplateScope = { lead: null, subscription: null, apicontent: null };

function isFixed(template: JsonTemplate): boolean {
  switch (template.kind) {
    case 'fixed':
      return true;
    case 'text':
      return isFixedTemplate(template.template);
    case 'list':
      return template.elements.every(isFixed);
    case 'object':
      return template.members.every(([, child]) => isFixed(child));
  }
}
