import type { JsonObject } from '../../base/index.ts';
import type { Channel } from '../../profiles/index.ts';
import type { TemplateScope } from '../../templates/index.ts';
import type { RenderedContent } from '../message.ts';
import type { SettingsFault } from '../settings-error.ts';
import { renderContent } from './render-content.ts';
import { compileContent, readContent } from './template-content.ts';

/** Renders parts as the API spells them, whether they are stored or not. A part with faults is empty. */
export function previewContent(
  channel: Channel,
  body: JsonObject,
  scope: TemplateScope,
): {
  readonly rendered: Pick<RenderedContent, 'subject' | 'html' | 'text' | 'headers'>;
  readonly faults: readonly SettingsFault[];
} {
  const { content, faults } = readContent(channel, body);
  const compiled = compileContent(channel, content);
  return { rendered: renderContent(compiled.compiled, scope), faults: [...faults, ...compiled.faults] };
}
