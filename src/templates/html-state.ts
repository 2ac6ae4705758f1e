import type { Place } from './template-tree.ts';

/**
 * Where in an HTML text one stands, told by the text alone: `content` between tags, `raw` inside script, style, title
 * and textarea, `markup` inside `<!doctype …>` and what browsers read like it. It follows the tokenizer of the HTML
 * standard as far as quotes, names and ends go; entities are not decoded. Values never hold what would move the state.
 */
export interface HtmlState {
  readonly mode: Mode;
  /** The tag that is open, or the element whose raw text this is; lower case. */
  readonly element: string;
  readonly isEndTag: boolean;
  readonly attribute: string;
  readonly url: UrlPosition;
  /** What stands at the beginning of a URL and may still become its scheme. */
  readonly scheme: string;
  readonly script: ScriptMode;
  /** The last character of a script that may begin `//`, `*` + `/` or an escape. */
  readonly last: string;
  /** The beginning of `</script`, `<!--` or `-->` that is open. */
  readonly tail: string;
}

type Mode =
  | 'content'
  | 'tag-open'
  | 'end-tag-open'
  | 'markup-open'
  | 'tag-name'
  | 'between'
  | 'attribute-name'
  | 'after-name'
  | 'before-value'
  | 'double'
  | 'single'
  | 'unquoted'
  | 'markup'
  | 'comment'
  | 'raw';
type UrlPosition = 'start' | 'scheme' | 'rest' | 'address' | 'program';
type ScriptMode = 'code' | '"' | "'" | '`' | 'line' | 'block';
type Draft = { -readonly [K in keyof HtmlState]: HtmlState[K] };

export const HTML_START: HtmlState = Object.freeze({
  mode: 'content',
  element: '',
  isEndTag: false,
  attribute: '',
  url: 'start',
  scheme: '',
  script: 'code',
  last: '',
  tail: '',
});

const RAW_ELEMENTS = new Set(['script', 'style', 'title', 'textarea']);
const URL_ATTRIBUTES = new Set(
  (
    'href src action formaction background cite poster data longdesc usemap manifest ping xlink:href icon dynsrc ' +
    'lowsrc profile classid codebase archive srcset imagesrcset'
  ).split(' '),
);
/** No name that means anything here is longer. */
const MAX_NAME = 40;
const IN_TAG = new Set<Mode>(['tag-name', 'between', 'attribute-name', 'after-name']);

const isSpace = (c: string): boolean => c === ' ' || c === '\n' || c === '\t' || c === '\r' || c === '\f';
const isLetter = (c: string): boolean => (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

/** The state behind `text`, which stands in the template as it is. */
export function advanceHtml(state: HtmlState, text: string): HtmlState {
  const draft: Draft = { ...state };
  for (let at = 0; at < text.length; at += 1) {
    if (draft.mode === 'content') {
      const opening = text.indexOf('<', at);
      if (opening === -1) break;
      at = opening;
      draft.mode = 'tag-open';
    } else {
      stepHtml(draft, text.charAt(at));
    }
  }
  return Object.freeze(draft);
}

function stepHtml(draft: Draft, c: string): void {
  switch (draft.mode) {
    case 'content':
      if (c === '<') draft.mode = 'tag-open';
      return;
    case 'tag-open':
    case 'end-tag-open':
    case 'markup-open':
      stepOpening(draft, c);
      return;
    case 'markup':
      if (c === '>') draft.mode = 'content';
      return;
    case 'comment':
      stepComment(draft, c);
      return;
    case 'raw':
      stepRaw(draft, c);
      return;
    case 'double':
    case 'single':
      if (c === (draft.mode === 'double' ? '"' : "'")) draft.mode = 'between';
      else stepUrl(draft, c);
      return;
    default:
      stepTag(draft, c);
  }
}

/** Behind `<`, `</` and `<!`. */
function stepOpening(draft: Draft, c: string): void {
  if (draft.mode === 'markup-open') {
    draft.tail += c;
    if (draft.tail === '<!--') draft.mode = 'comment';
    else if (draft.tail !== '<!-') draft.mode = c === '>' ? 'content' : 'markup';
  } else if (isLetter(c)) {
    draft.isEndTag = draft.mode === 'end-tag-open';
    draft.element = c.toLowerCase();
    draft.mode = 'tag-name';
  } else if (draft.mode === 'end-tag-open') {
    draft.mode = c === '>' ? 'content' : 'markup';
  } else if (c === '/') {
    draft.mode = 'end-tag-open';
  } else if (c === '!') {
    draft.mode = 'markup-open';
    draft.tail = '<!';
  } else if (c === '?') {
    draft.mode = 'markup';
  } else if (c !== '<') {
    draft.mode = 'content';
  }
}

/** `<!-->` and `<!--->` are whole comments, `<!--!>` is the beginning of one. */
const COMMENT_END = /--!?>$(?<!<!--!>)/;
/** The end of a text behind which the next characters may decide whether the comment goes on. */
const COMMENT_TURN = /^<!--|-!?$/;

/**
 * What Outlook alone reads, `<!--[if mso]> … <![endif]-->`, is taken for content: its links need the same care, and no
 * value holds the `>` that could end the comment.
 */
function stepComment(draft: Draft, c: string): void {
  draft.tail = `${draft.tail}${c}`.slice(-7);
  if (draft.tail.toLowerCase() === '<!--[if') draft.mode = 'markup';
  else if (c === '>' && COMMENT_END.test(draft.tail)) draft.mode = 'content';
}

function stepRaw(draft: Draft, c: string): void {
  const end = `</${draft.element}`;
  if (draft.tail.length === end.length && (isSpace(c) || c === '/' || c === '>')) {
    draft.isEndTag = true;
    draft.tail = '';
    draft.mode = c === '>' ? 'content' : 'between';
    return;
  }
  const tail = draft.tail + c.toLowerCase();
  draft.tail = end.startsWith(tail) ? tail : c === '<' ? '<' : '';
  if (draft.element === 'script') stepScript(draft, c);
}

/**
 * Strings and comments of JavaScript. Regular expressions are not told from divisions; a quote inside one misleads
 * this, and therefore every character of a value that could act as code is written as an escape, in strings and out.
 */
function stepScript(draft: Draft, c: string): void {
  const { script, last } = draft;
  draft.last = c;
  const isBreak = c === '\n' || c === '\r';
  if (script === 'code') {
    if (c === '"' || c === "'" || c === '`') draft.script = c;
    else if (last === '/' && c === '/') draft.script = 'line';
    else if (last === '/' && c === '*') {
      draft.script = 'block';
      draft.last = '';
    }
  } else if (script === 'line') {
    if (isBreak) draft.script = 'code';
  } else if (script === 'block') {
    if (last === '*' && c === '/') {
      draft.script = 'code';
      draft.last = '';
    }
  } else if (last === '\\') draft.last = '';
  else if (c === script || (isBreak && script !== '`')) draft.script = 'code';
}

function stepUrl(draft: Draft, c: string): void {
  if (draft.url === 'start' && isSpace(c)) return;
  if (draft.url === 'address') {
    if (c === '?') draft.url = 'rest';
  } else if (draft.url === 'start' || draft.url === 'scheme') {
    draft.url = 'scheme';
    if (c === ':') draft.url = positionAfterScheme(draft.scheme);
    else if (c === '/' || c === '?' || c === '#' || draft.scheme.length === MAX_NAME) draft.url = 'rest';
    else if (!isSpace(c)) draft.scheme += c.toLowerCase();
  }
}

function positionAfterScheme(scheme: string): UrlPosition {
  if (scheme === 'mailto' || scheme === 'tel' || scheme === 'sms') return 'address';
  return scheme === 'javascript' || scheme === 'vbscript' || scheme === 'data' ? 'program' : 'rest';
}

/** Inside a tag, outside quotes. */
function stepTag(draft: Draft, c: string): void {
  if (c === '>') {
    const isRaw = !draft.isEndTag && RAW_ELEMENTS.has(draft.element);
    Object.assign(draft, { mode: isRaw ? 'raw' : 'content', script: 'code', last: '', tail: '' });
  } else if (draft.mode === 'unquoted') {
    if (isSpace(c)) draft.mode = 'between';
  } else if (draft.mode === 'before-value') {
    if (isSpace(c)) return;
    draft.mode = c === '"' ? 'double' : c === "'" ? 'single' : 'unquoted';
    draft.url = 'start';
    draft.scheme = '';
  } else if (c === '/') {
    draft.mode = 'between';
  } else if (isSpace(c)) {
    draft.mode = draft.mode === 'attribute-name' || draft.mode === 'after-name' ? 'after-name' : 'between';
  } else if (draft.mode === 'tag-name') {
    if (draft.element.length < MAX_NAME) draft.element += c.toLowerCase();
  } else if (c === '=' && draft.mode !== 'between') {
    draft.mode = 'before-value';
  } else if (draft.mode === 'attribute-name') {
    if (draft.attribute.length < MAX_NAME) draft.attribute += c.toLowerCase();
  } else {
    draft.mode = 'attribute-name';
    draft.attribute = c.toLowerCase();
  }
}

export function stateAfterHtmlValue(state: HtmlState): HtmlState {
  const url = state.url === 'start' || state.url === 'scheme' ? 'rest' : state.url;
  const tail = state.mode === 'comment' ? ' ' : state.tail;
  return { ...state, tail, last: '', url: isQuoted(state) ? url : state.url };
}

/** A loop's second round does not stand where the first did when the first printed the beginning of a URL. */
export function stateInHtmlLoop(state: HtmlState): HtmlState {
  return isQuoted(state) && state.url === 'start' ? { ...state, url: 'rest' } : state;
}

function isQuoted(state: HtmlState): boolean {
  return state.mode === 'double' || state.mode === 'single';
}

/** Where a value stands, or why none may stand there. */
export function placeInHtml(state: HtmlState, isRaw: boolean): { place: Place } | { fault: string } {
  if (isRaw) {
    if (state.mode === 'content') return { place: 'html-raw' };
    return { fault: `raw works only between tags, and this is ${describeHtml(state)}` };
  }
  switch (state.mode) {
    case 'content':
    case 'markup':
      return { place: 'html' };
    case 'comment':
      return { place: 'html-comment' };
    case 'raw':
      return placeInRaw(state);
    case 'double':
    case 'single':
      return placeInAttribute(state);
    case 'before-value':
    case 'unquoted':
      return { fault: `put quotes around the value of the attribute ${state.attribute}` };
    default:
      return {
        fault: `a value cannot be part of a tag or of the name of an attribute; for the sign < write &lt;`,
      };
  }
}

function placeInRaw({ element, tail, script }: HtmlState): { place: Place } | { fault: string } {
  if (tail !== '') return { fault: `a value cannot stand behind ${tail}` };
  if (element === 'style') return { place: 'css' };
  if (element !== 'script') return { place: 'html' };
  if (script === '`') return { fault: 'a value cannot stand in a template literal; use a string in quotes' };
  return { place: script === 'code' ? 'script' : 'script-string' };
}

function placeInAttribute({ attribute, url }: HtmlState): { place: Place } | { fault: string } {
  if (attribute.startsWith('on') || attribute === 'srcdoc') {
    return { fault: `a value cannot stand in the attribute ${attribute}, which holds a program or a page` };
  }
  if (attribute === 'style') return { place: 'css-attribute' };
  if (!URL_ATTRIBUTES.has(attribute)) return { place: 'html' };
  if (url === 'program') return { fault: 'a value cannot stand in a URL that is a program or a document' };
  if (url === 'start') return { place: 'html-url' };
  return { place: url === 'address' ? 'html-url-address' : 'html-url-part' };
}

/** The state behind two ways that a text may go, or undefined when one cannot say. */
export function joinHtml(one: HtmlState, other: HtmlState): HtmlState | undefined {
  if (IN_TAG.has(one.mode) && IN_TAG.has(other.mode)) {
    if (one.element !== other.element || one.isEndTag !== other.isEndTag) return undefined;
    return one.mode === other.mode && one.attribute === other.attribute ? one : { ...one, mode: 'between' };
  }
  if (one.mode !== other.mode) return undefined;
  switch (one.mode) {
    case 'comment':
      if (one.tail === other.tail) return one;
      return COMMENT_TURN.test(one.tail) || COMMENT_TURN.test(other.tail) ? undefined : { ...one, tail: '' };
    case 'raw':
      if (one.element !== other.element || one.script !== other.script) return undefined;
      return one.tail === other.tail ? { ...one, last: one.last === other.last ? one.last : '' } : undefined;
    case 'before-value':
    case 'unquoted':
    case 'double':
    case 'single':
      return one.attribute === other.attribute ? { ...one, url: joinUrl(one, other) } : undefined;
    default:
      return one;
  }
}

function joinUrl(one: HtmlState, other: HtmlState): UrlPosition {
  if (one.url === other.url && one.scheme === other.scheme) return one.url;
  if (one.url === 'program' || other.url === 'program') return 'program';
  return one.url === 'address' && other.url === 'address' ? 'address' : 'rest';
}

export function describeHtml({ mode, element, attribute, script }: HtmlState): string {
  switch (mode) {
    case 'content':
      return 'text between tags';
    case 'comment':
    case 'markup':
      return 'a comment';
    case 'raw':
      return `<${element}>${script === 'code' ? '' : ', in a string or comment'}`;
    case 'double':
    case 'single':
    case 'unquoted':
    case 'before-value':
      return `the value of the attribute ${attribute}`;
    default:
      return element === '' ? 'a tag' : `the tag ${element}`;
  }
}
