/** Level 2: texts with `{lead.x}` in them: parse once, render many times. Knows nothing of profiles or runs. */
export { parseTemplate, type Template, type TemplateError } from './parse-template.ts';
export { type Landing, renderTemplate, type TemplateScope } from './render-template.ts';
