import type { Clock, JsonObject, JsonValue } from '../../../base/index.ts';
import type { Db } from '../../../db/index.ts';
import type { Fact, RecordFacts } from '../../tracking/fact.ts';
import { parseReportFormat, type Report, readReports } from './report-format.ts';
import { SettingsReader } from './settings-reader.ts';
import { findReportSettings } from './sql/find-report-settings.ts';
import { findReported } from './sql/find-reported.ts';

/** How the reports of one request were taken. */
export interface TakenReports {
  readonly recorded: number;
  /** Of messages that are not there. */
  readonly unknown: number;
  /** Without an id, or of a status that is no news. */
  readonly ignored: number;
  /** What the provider wants to be answered; null = nothing of its own. */
  readonly answer: string | null;
}

function dataOf({ id, status, reason }: Report): JsonObject {
  return { reported_id: id, status, ...(reason === null ? {} : { reason }) };
}

/**
 * Records what a provider reports of messages of a sender.
 * @returns undefined when there is no such sender. Faults of `record` are passed on: the provider should try again.
 */
export async function takeReports(
  { db, clock, recordFacts }: { db: Db; clock: Clock; recordFacts: RecordFacts },
  senderId: number,
  body: JsonValue,
): Promise<TakenReports | undefined> {
  const settings = await findReportSettings(db, senderId);
  if (settings === undefined) return undefined;
  // What was saved has been checked.
  const format = parseReportFormat(new SettingsReader(settings, '', []).object('report'));
  const { reports, ignored } = readReports(format, body);
  const found =
    reports.length === 0
      ? []
      : await findReported(
          db,
          senderId,
          reports.map(({ id }) => id),
        );
  const messages = new Map(found.map((message) => [message.asked, message]));
  const at = clock.now();
  const facts = reports.flatMap((report): Fact[] => {
    const message = messages.get(report.id);
    if (message === undefined) return [];
    return [{ slot: message.slot, messageId: message.id, kind: report.kind, at, data: dataOf(report) }];
  });
  if (facts.length > 0) await recordFacts(facts);
  const { answer } = format;
  return { recorded: facts.length, unknown: reports.length - facts.length, ignored, answer };
}
