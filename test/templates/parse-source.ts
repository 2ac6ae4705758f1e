import assert from 'node:assert/strict';
import {
  type Landing,
  parseTemplate,
  renderTemplate,
  type Template,
  type TemplateError,
  type TemplateScope,
} from '../../src/templates/index.ts';

/** What most templates of tests are rendered at and for. */
export const surroundings = {
  links: { unsubscribe: 'https://u.example/1', globalUnsubscribe: 'https://u.example/all' },
  now: new Date('2026-11-25T22:30:00Z'),
  zone: 'Europe/Moscow',
  locale: 'ru',
};

export function parseSource(source: string, landing: Landing = 'text'): Template {
  const outcome = parseTemplate(source, landing);
  assert.ok(outcome.ok, `expected ${source} to parse: ${JSON.stringify(outcome)}`);
  return outcome.value;
}

export function renderSource(source: string, landing: Landing, scope: TemplateScope): string {
  return renderTemplate(parseSource(source, landing), scope);
}

/** What is wrong with a source that is refused. */
export function faultsOf(source: string, landing: Landing = 'text'): readonly TemplateError[] {
  const outcome = parseTemplate(source, landing);
  assert.ok(!outcome.ok, `expected ${source} to be refused`);
  return outcome.error;
}
