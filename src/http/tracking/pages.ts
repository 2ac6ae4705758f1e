import { createHash } from 'node:crypto';
import { type Language, type PageTexts, pageTexts } from './page-texts.ts';

/** What a page says of whom it is about; shown as text, never as HTML. */
export interface PageSubject {
  /** Masked; '' = not to be shown. */
  readonly address: string;
  /** The name of the resource. */
  readonly list: string;
}

const STYLE =
  'body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1.25rem;color:#1b1f24;background:#fff}' +
  'h1{font-size:1.6rem;line-height:1.2}button{font:inherit;padding:.7rem 1.4rem;border:0;border-radius:.4rem;background:#0b57d0;color:#fff;cursor:pointer}' +
  'button:focus-visible,a:focus-visible{outline:3px solid #f5a623;outline-offset:2px}a{color:#0b57d0}' +
  '@media(prefers-color-scheme:dark){body{background:#15181c;color:#e8eaed}a{color:#8ab4f8}}';

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Nothing is loaded and nothing runs; the form goes to where the page came from. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

function fill(text: string, { address, list }: PageSubject, texts: PageTexts): string {
  const values: Record<string, string> = { address: address || texts.yourAddress, list };
  return text.replace(/\{(address|list)\}/g, (_form, name: string) => escapeHtml(values[name] ?? ''));
}

function printPage(language: Language, title: string, body: string): string {
  return (
    `<!doctype html>\n<html lang="${language}"><head><meta charset="utf-8">` +
    '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">' +
    `<title>${escapeHtml(title)}</title><style>${STYLE}</style></head>` +
    `<body><main><h1>${escapeHtml(title)}</h1>${body}</main></body></html>\n`
  );
}

/** Asks before anything is changed: programs that check links open them. `everythingUrl` undefined = it is about everything. */
export function printAsking(
  language: Language,
  subject: PageSubject,
  everythingUrl: string | undefined,
): string {
  const texts = pageTexts[language];
  const question = fill(everythingUrl === undefined ? texts.askAll : texts.askList, subject, texts);
  const button = everythingUrl === undefined ? texts.confirmAll : texts.confirmList;
  const other =
    everythingUrl === undefined
      ? ''
      : `<p><a href="${escapeHtml(everythingUrl)}">${escapeHtml(texts.everything)}</a></p>`;
  const form = `<form method="post"><input type="hidden" name="confirm" value="yes"><button type="submit">${escapeHtml(button)}</button></form>`;
  return printPage(language, texts.title, `<p>${question}</p>${form}${other}`);
}

export function printDone(language: Language, subject: PageSubject, isAll: boolean): string {
  const texts = pageTexts[language];
  const text = isAll ? texts.doneAll : texts.doneList;
  return printPage(language, texts.doneTitle, `<p role="status">${fill(text, subject, texts)}</p>`);
}

export function printUnknown(language: Language): string {
  const texts = pageTexts[language];
  return printPage(language, texts.unknownTitle, `<p>${escapeHtml(texts.unknownLink)}</p>`);
}

export function printFailed(language: Language): string {
  const texts = pageTexts[language];
  return printPage(language, texts.failedTitle, `<p role="alert">${escapeHtml(texts.failed)}</p>`);
}
