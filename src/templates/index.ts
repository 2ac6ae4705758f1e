/** Level 2: texts with `{lead.x}` in them: parse once, render many times. Knows nothing of profiles or runs. */
export type { Landing } from './landing-state.ts';
export { isFixed, parseTemplate, type Template, type TemplateError, usesOf } from './parse-template.ts';
export type { TemplateScope } from './render-run.ts';
export { renderTemplate } from './render-template.ts';
export type { Root } from './template-tree.ts';
export type { TemplateUses } from './template-uses.ts';
