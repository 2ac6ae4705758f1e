import { type JsonTree, type JsonValue, leavesOf, renderJsonTree } from '../../base/index.ts';
import { isFixed, renderTemplate, type Template, type TemplateScope } from '../../templates/index.ts';

/** A JSON value whose strings (not its keys) are templates. */
export type JsonTemplate = JsonTree<Template>;

export function renderJson(template: JsonTemplate, scope: TemplateScope): JsonValue {
  return renderJsonTree(template, (leaf) => renderTemplate(leaf, scope));
}

const NO_SCOPE: TemplateScope = { lead: null, subscription: null, apicontent: null };

/** The value where nothing of it depends on the scope, so that it can be judged before any run; else undefined. */
export function fixedValue(template: JsonTemplate): JsonValue | undefined {
  return leavesOf(template).every(isFixed) ? renderJson(template, NO_SCOPE) : undefined;
}
