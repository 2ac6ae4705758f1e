import {
  advanceHtml,
  describeHtml,
  HTML_START,
  type HtmlState,
  joinHtml,
  placeInHtml,
  stateAfterHtmlValue,
  stateInHtmlLoop,
} from './html-state.ts';
import type { Place } from './template-tree.ts';

/**
 * Where the rendered text goes, and so how values are made harmless:
 * - `text`: as they are;
 * - `json`: inside the quotes of a JSON string escaped for it; outside quotes as a JSON value, `null` when absent, so
 *   that a template that is valid JSON with `0` for its variables gives valid JSON with any values;
 * - `url`: percent-encoded as one component of a URL. A value of `..` stays so, since URLs read `%2e%2e` as `..` too: do
 *   not let a variable be the whole of a path segment where that matters;
 * - `header`: without line breaks and other control characters;
 * - `html`: by where they stand: text, attribute, URL, style, script. Where no way of writing makes every value
 *   harmless (names of tags and attributes, values without quotes, event attributes) a value is a fault.
 */
export type Landing = 'text' | 'json' | 'url' | 'header' | 'html';

/** What the text so far says of the place where one stands. */
export type LandingState =
  | { readonly kind: 'plain'; readonly place: 'text' | 'url' | 'header' }
  | { readonly kind: 'json'; readonly inString: boolean }
  | { readonly kind: 'html'; readonly html: HtmlState };

export function startState(landing: Landing): LandingState {
  if (landing === 'json') return { kind: 'json', inString: false };
  return landing === 'html' ? { kind: 'html', html: HTML_START } : { kind: 'plain', place: landing };
}

/** The state behind a text that the template prints as it is. */
export function advanceState(state: LandingState, text: string): LandingState {
  if (state.kind === 'html') return { kind: 'html', html: advanceHtml(state.html, text) };
  return state.kind === 'json' ? { kind: 'json', inString: isStringOpen(state.inString, text) } : state;
}

function isStringOpen(before: boolean, text: string): boolean {
  let inString = before;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') inString = !inString;
    else if (character === '\\' && inString) at += 1;
  }
  return inString;
}

/** A value is made harmless, so that it neither opens nor closes anything; but it may be the beginning of a URL. */
export function stateAfterValue(state: LandingState): LandingState {
  return state.kind === 'html' ? { kind: 'html', html: stateAfterHtmlValue(state.html) } : state;
}

export function stateInLoop(state: LandingState): LandingState {
  return state.kind === 'html' ? { kind: 'html', html: stateInHtmlLoop(state.html) } : state;
}

export function placeIn(state: LandingState, isRaw: boolean): { place: Place } | { fault: string } {
  if (state.kind === 'html') return placeInHtml(state.html, isRaw);
  if (isRaw) return { fault: 'raw works only in HTML' };
  return { place: state.kind === 'plain' ? state.place : state.inString ? 'json-string' : 'json' };
}

/** The state behind branches of which any may be taken, or undefined when they end in different places. */
export function joinStates(one: LandingState, other: LandingState): LandingState | undefined {
  if (one.kind === 'html' && other.kind === 'html') {
    const html = joinHtml(one.html, other.html);
    return html === undefined ? undefined : { kind: 'html', html };
  }
  if (one.kind === 'json' && other.kind === 'json') return one.inString === other.inString ? one : undefined;
  return one;
}

export function describeState(state: LandingState): string {
  if (state.kind === 'html') return describeHtml(state.html);
  if (state.kind === 'json') return state.inString ? 'a string' : 'JSON outside strings';
  return 'text';
}
