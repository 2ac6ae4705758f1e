import type { Template } from './parse-template.ts';
import { RenderRun, type TemplateScope } from './render-run.ts';

/**
 * Prints the template with the values of `scope`. An absent value or null prints nothing. Never throws; ends early,
 * with what there is by then, when loops or values come near 16 million characters, a million rounds or the work of a
 * few seconds.
 */
export function renderTemplate(template: Template, scope: TemplateScope): string {
  const run = new RenderRun(scope);
  template.print(run);
  return run.out;
}
