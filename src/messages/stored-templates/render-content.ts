import { renderTemplate, type Template, type TemplateScope } from '../../templates/index.ts';
import type { RenderedContent } from '../message.ts';
import type { CompiledTemplate } from './template-content.ts';

function renderAll(texts: ReadonlyMap<string, Template>, scope: TemplateScope): [string, string][] {
  return [...texts].map(([name, template]) => [name, renderTemplate(template, scope)]);
}

/** The parts for one profile; attachments and the link to unsubscribe are the sender's to add. */
export function renderContent(
  template: CompiledTemplate,
  scope: TemplateScope,
): Pick<RenderedContent, 'subject' | 'html' | 'text' | 'headers'> {
  return {
    subject: renderTemplate(template.subject, scope),
    html: renderTemplate(template.html, scope),
    text: renderTemplate(template.text, scope),
    headers: Object.fromEntries([...renderAll(template.headers, scope), ...renderAll(template.data, scope)]),
  };
}
