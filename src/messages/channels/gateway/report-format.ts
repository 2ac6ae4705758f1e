import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/index.ts';
import { type FactKind, factKinds } from '../../tracking/fact.ts';
import { readPointer, readText } from './json-pointer.ts';
import type { SettingsReader } from './settings-reader.ts';

/** How a provider's reports are read: what became of which message. */
export interface ReportFormat {
  /** Where the list of reports stands; '' = the body is the list, or one report. */
  readonly list: string;
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
  /** What each of the provider's words means, lower case. Words that are not here are no news. */
  readonly kinds: ReadonlyMap<string, FactKind>;
  /** What the provider wants to be answered; null = a JSON object of counts. */
  readonly answer: string | null;
}

/** One report. */
export interface Report {
  /** As the provider gave it, or our own. */
  readonly id: string;
  readonly kind: FactKind;
  readonly status: string;
  readonly reason: string | null;
}

export interface ReadReports {
  readonly reports: readonly Report[];
  /** Entries without an id, or whose word is no news. */
  readonly ignored: number;
}

const MAX_ID_LENGTH = 200;
const MAX_REASON_LENGTH = 500;
const MAX_ANSWER_LENGTH = 200;

/** Reads `report` of the settings; words that are not given stand for themselves (`delivered`, `hard_bounce` …). */
export function parseReportFormat(reader: SettingsReader): ReportFormat {
  const kinds = new Map<string, FactKind>();
  for (const kind of factKinds) {
    const words = reader.value(kind) === undefined ? [kind] : reader.words(kind);
    for (const word of words) {
      if (kinds.has(word)) reader.fault(kind, `${JSON.stringify(word)} has another meaning too`);
      else kinds.set(word, kind);
    }
  }
  for (const word of reader.words('pending')) {
    if (kinds.has(word)) reader.fault('pending', `${JSON.stringify(word)} has another meaning too`);
  }
  const answer = reader.text('answer') ?? null;
  if (answer !== null && answer.length > MAX_ANSWER_LENGTH) {
    reader.fault('answer', `longer than ${MAX_ANSWER_LENGTH} characters`);
  }
  return {
    list: reader.pointer('list') ?? '',
    id: reader.pointer('id') ?? '/id',
    status: reader.pointer('status') ?? '/status',
    reason: reader.pointer('reason') ?? null,
    kinds,
    answer,
  };
}

function clean(text: string, limit: number): string {
  return text.replaceAll('\u0000', '').toWellFormed().slice(0, limit).toWellFormed();
}

function readReport(format: ReportFormat, entry: JsonObject): Report | undefined {
  const id = readText(entry, format.id);
  const word = readText(entry, format.status);
  const kind = word === undefined ? undefined : format.kinds.get(word.toLowerCase());
  if (id === undefined || id === '' || id.length > MAX_ID_LENGTH || id.includes('\u0000')) return undefined;
  if (word === undefined || kind === undefined) return undefined;
  const reason = format.reason === null ? undefined : readText(entry, format.reason);
  return {
    id: id.toWellFormed(),
    kind,
    status: clean(word, MAX_REASON_LENGTH),
    reason: reason === undefined ? null : clean(reason, MAX_REASON_LENGTH),
  };
}

/** The reports in what a provider sent: a body of JSON, or the fields of a form or query. */
export function readReports(format: ReportFormat, body: JsonValue): ReadReports {
  const found = readPointer(body, format.list);
  const entries = Array.isArray(found) ? found : found === undefined ? [] : [found];
  const reports = entries.flatMap((entry) => (isJsonObject(entry) ? (readReport(format, entry) ?? []) : []));
  return { reports, ignored: entries.length - reports.length };
}
