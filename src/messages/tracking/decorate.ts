import { Parser } from 'htmlparser2';
import type { Vault } from '../../vault/index.ts';
import type { RenderedContent } from '../message.ts';
import { clickLink, isOwnLink, type MessageRef, openLink } from './links.ts';

export interface Decoration {
  readonly trackOpens: boolean;
  readonly trackClicks: boolean;
  /** `publicUrlOf`. */
  readonly publicUrl: string;
  readonly vault: Vault;
}

/** A piece of the HTML that is replaced; `from` = `to` inserts. */
interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** An href as it was found: where its value stands, and what it is once decoded. */
interface FoundLink {
  readonly from: number;
  readonly to: number;
  readonly isQuoted: boolean;
  readonly url: string;
}

interface FoundPlaces {
  readonly links: readonly FoundLink[];
  /** Where the last </body> begins, or the end. */
  readonly bodyEnd: number;
}

/** Longer ones may not come back in one piece: servers and proxies bound the first line of a request. */
const MAX_URL_LENGTH = 2_048;

/** The place of the value in `href="…"`, which begins at `start`. An href without a value has none. */
function locateValue(
  raw: string,
  start: number,
  quote: string | null | undefined,
): Omit<FoundLink, 'url'> | undefined {
  if (quote === undefined) return undefined;
  const to = start + raw.length;
  if (quote !== null) return { from: start + raw.indexOf(quote) + 1, to: to - 1, isQuoted: true };
  const lead = /^[^=]*=\s*/.exec(raw)?.[0].length;
  return lead === undefined ? undefined : { from: start + lead, to, isQuoted: false };
}

function isSwitchedOff(attributes: Readonly<Record<string, string>>): boolean {
  const isOff = (name: string): boolean => attributes[name]?.trim().toLowerCase() === 'off';
  return isOff('data-track') || isOff('clicktracking');
}

function findPlaces(html: string): FoundPlaces {
  const links: FoundLink[] = [];
  let bodyEnd = html.length;
  let found: FoundLink | undefined;
  const parser = new Parser({
    onopentagname: () => {
      found = undefined;
    },
    onattribute: (name, url, quote) => {
      // Of two that have one name the first holds.
      if (name !== 'href' || found !== undefined) return;
      const raw = html.slice(parser.startIndex, parser.endIndex);
      const place = locateValue(raw, parser.startIndex, quote);
      if (place !== undefined) found = { ...place, url: url.trim() };
    },
    onopentag: (name, attributes) => {
      const isLink = name === 'a' || name === 'area';
      if (isLink && found !== undefined && !isSwitchedOff(attributes)) links.push(found);
      found = undefined;
    },
    onclosetag: (name, isImplied) => {
      if (name === 'body' && !isImplied) bodyEnd = parser.startIndex;
    },
  });
  parser.end(html);
  return { links, bodyEnd };
}

/** Only what leads to a page can be counted on its way: not mailto:, tel:, #, relative or broken addresses. */
function isTrackable(url: string, publicUrl: string): boolean {
  return (
    /^https?:\/\//i.test(url) &&
    url.length <= MAX_URL_LENGTH &&
    url.isWellFormed() &&
    URL.canParse(url) &&
    !isOwnLink(publicUrl, url)
  );
}

function applyEdits(html: string, edits: readonly Edit[]): string {
  let edited = '';
  let at = 0;
  for (const { from, to, text } of edits.toSorted((left, right) => left.from - right.from)) {
    edited += html.slice(at, from) + text;
    at = to;
  }
  return edited + html.slice(at);
}

/**
 * Leads the links of the HTML part past this server and puts a picture at its end that tells of its being opened.
 * Every other character stays as it is, and the text part is left alone. A link stays where it has
 * `data-track="off"` or `clicktracking="off"`, unsubscribes, or is no http(s) address.
 */
export function decorate(
  content: RenderedContent,
  message: MessageRef,
  options: Decoration,
): RenderedContent {
  const { publicUrl, vault, trackOpens, trackClicks } = options;
  if (content.html === '' || !(trackOpens || trackClicks)) return content;
  const { links, bodyEnd } = findPlaces(content.html);
  const edits: Edit[] = [];
  for (const { from, to, isQuoted, url } of trackClicks ? links : []) {
    if (!isTrackable(url, publicUrl) || url === content.unsubscribeUrl) continue;
    const link = clickLink(publicUrl, vault, message, url);
    edits.push({ from, to, text: isQuoted ? link : `"${link}"` });
  }
  if (trackOpens) {
    const source = openLink(publicUrl, vault, message);
    const text = `<img src="${source}" width="1" height="1" alt="" style="border:0">`;
    edits.push({ from: bodyEnd, to: bodyEnd, text });
  }
  return { ...content, html: applyEdits(content.html, edits) };
}
