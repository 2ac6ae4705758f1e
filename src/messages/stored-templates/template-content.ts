import { isJsonObject, type JsonObject, storageFault, textFault } from '../../base/index.ts';
import type { Channel } from '../../profiles/index.ts';
import { type Landing, parseTemplate, type Template } from '../../templates/index.ts';
import { headerNameFault } from '../header-fault.ts';
import type { SettingsFault } from '../settings-error.ts';

/** What a version of a template holds, as the API spells it. Texts that a channel does not have are ''. */
export type TemplateContent = {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** Further e-mail headers. */
  readonly headers: Readonly<Record<string, string>>;
  readonly track_opens: boolean;
  readonly track_clicks: boolean;
  /** Further texts of other channels, such as the title of a push message. */
  readonly data: Readonly<Record<string, string>>;
};

/** A version ready to be rendered, frozen. */
export interface CompiledTemplate {
  readonly channel: Channel;
  readonly subject: Template;
  readonly html: Template;
  readonly text: Template;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, Template>;
  readonly data: ReadonlyMap<string, Template>;
  readonly trackOpens: boolean;
  readonly trackClicks: boolean;
}

/** The landing of the HTML part, in this one place. */
const HTML_LANDING: Landing = 'html';

const MAX_PART_LENGTH = 1_000_000;
const MAX_SUBJECT_LENGTH = 2_000;
const MAX_NAMED_TEXTS = 50;
const DATA_NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/;

const keysOfChannel = (channel: Channel): ReadonlySet<string> =>
  new Set(
    channel === 'email'
      ? ['subject', 'html', 'text', 'headers', 'track_opens', 'track_clicks']
      : ['text', 'data', 'track_clicks'],
  );

/** Reads the parts of one template and notes every fault with its place. */
class ContentReader {
  readonly faults: SettingsFault[] = [];
  readonly #body: JsonObject;

  constructor(body: JsonObject) {
    this.#body = body;
  }

  text(key: string, most = MAX_PART_LENGTH): string {
    const value = this.#body[key] ?? '';
    if (typeof value === 'string' && value.length <= most) {
      const fault = textFault(value);
      if (fault === undefined) return value;
      this.faults.push({ path: key, message: fault });
    } else this.faults.push({ path: key, message: `expected a text of at most ${most} characters` });
    return '';
  }

  flag(key: string): boolean {
    const value = this.#body[key] ?? true;
    if (typeof value === 'boolean') return value;
    this.faults.push({ path: key, message: 'expected true or false' });
    return true;
  }

  texts(key: string, nameFault: (name: string) => string | undefined): Record<string, string> {
    const value = this.#body[key] ?? {};
    if (!isJsonObject(value) || Object.keys(value).length > MAX_NAMED_TEXTS) {
      this.faults.push({ path: key, message: `expected an object of at most ${MAX_NAMED_TEXTS} texts` });
      return {};
    }
    const texts: Record<string, string> = {};
    for (const [name, text] of Object.entries(value)) {
      const fault =
        nameFault(name) ?? (typeof text === 'string' ? storageFault(text, 'text') : 'expected a text');
      if (fault !== undefined) this.faults.push({ path: `${key}.${name}`, message: fault });
      else texts[key === 'headers' ? name.toLowerCase() : name] = String(text);
    }
    return texts;
  }

  refuseOtherKeys(channel: Channel): void {
    const allowed = keysOfChannel(channel);
    for (const [key, value] of Object.entries(this.#body)) {
      if (allowed.has(key) || value === '' || value === null || value === undefined) continue;
      if (isJsonObject(value) && Object.keys(value).length === 0) continue;
      if (typeof value === 'boolean') continue;
      this.faults.push({ path: key, message: `a template of ${channel} has none` });
    }
  }
}

/** The content in a body of the API, defaults filled in; the language of its parts is not looked at yet. */
export function readContent(
  channel: Channel,
  body: JsonObject,
): { content: TemplateContent; faults: readonly SettingsFault[] } {
  const reader = new ContentReader(body);
  const content = {
    subject: reader.text('subject', MAX_SUBJECT_LENGTH),
    html: reader.text('html'),
    text: reader.text('text'),
    headers: reader.texts('headers', headerNameFault),
    track_opens: reader.flag('track_opens'),
    track_clicks: reader.flag('track_clicks'),
    data: reader.texts('data', (name) => (DATA_NAME.test(name) ? undefined : 'expected a name')),
  };
  reader.refuseOtherKeys(channel);
  if (/[\r\n]/.test(content.subject)) {
    reader.faults.push({ path: 'subject', message: 'expected no line breaks' });
  }
  return { content, faults: reader.faults };
}

/** What must be there for a message to be sent. */
export function missingParts(channel: Channel, content: TemplateContent): SettingsFault[] {
  if (channel !== 'email') {
    const isEmpty = content.text === '' && Object.keys(content.data).length === 0;
    return isEmpty ? [{ path: 'text', message: 'is missing' }] : [];
  }
  const faults: SettingsFault[] = [];
  if (content.subject.trim() === '') faults.push({ path: 'subject', message: 'is missing' });
  if (content.html === '' && content.text === '') {
    faults.push({ path: 'html', message: 'is missing, and so is text' });
  }
  return faults;
}

/** Parses every part; a part with faults becomes an empty one. */
export function compileContent(
  channel: Channel,
  content: TemplateContent,
): { compiled: CompiledTemplate; faults: readonly SettingsFault[] } {
  const faults: SettingsFault[] = [];
  const parse = (path: string, source: string, landing: Landing): Template => {
    const parsed = parseTemplate(source, landing);
    if (parsed.ok) return parsed.value;
    for (const { line, column, message } of parsed.error) faults.push({ path, message, line, column });
    return parse(path, '', landing);
  };
  const parseAll = (key: 'headers' | 'data', landing: Landing): ReadonlyMap<string, Template> =>
    new Map(
      Object.entries(content[key]).map(([name, text]) => [name, parse(`${key}.${name}`, text, landing)]),
    );
  const compiled = Object.freeze({
    channel,
    subject: parse('subject', content.subject, 'header'),
    html: parse('html', content.html, HTML_LANDING),
    text: parse('text', content.text, 'text'),
    headers: parseAll('headers', 'header'),
    data: parseAll('data', 'text'),
    trackOpens: content.track_opens,
    trackClicks: content.track_clicks,
  });
  return { compiled, faults };
}
