import type { TaskData } from '../src/http/admin/contract.ts';
import type { FailureGroup } from './failures.ts';
import { grouped, perSecond, seconds } from './figures.ts';
import type { MailFigures } from './mail-server.ts';
import type { Paint } from './paint.ts';
import type { Passage } from './passages.ts';
import type { SinkFigures } from './sink.ts';

export interface Story {
  readonly bodyBytes: number;
  readonly counters: TaskData['counters'];
  readonly runs: TaskData['runs'];
  readonly failures: readonly FailureGroup[];
  readonly workflowName: string;
  readonly passages: readonly Passage[];
  /** Of this batch alone. */
  readonly sink: SinkFigures;
  /** What came to the demo's mail catcher. */
  readonly mail: MailFigures;
  /** From sending the request to its answer. */
  readonly acceptMs: number;
  /** From sending the request until every row was imported and started. */
  readonly importMs: number;
  /** From sending the request until the last run was over. */
  readonly workflowMs: number;
}

export interface Signpost {
  readonly url: string;
  readonly token: string;
  /** Where the token is kept; undefined = the operator brought it. */
  readonly tokenFile: string | undefined;
  readonly sinkUrl: string;
  readonly databaseId: number;
  readonly workflowId: number;
  readonly taskId: string;
  /** A customer to look up, and the field to do it by. */
  readonly sample: { readonly field: string; readonly value: string };
}

const LABEL_WIDTH = 12;
const NUMBER_WIDTH = 9;

function count(label: string, value: number, note = ''): string {
  const line = `    ${label.padEnd(LABEL_WIDTH)}${grouped(value).padStart(NUMBER_WIDTH)}`;
  return note === '' ? line : `${line}  ${note}`;
}

/** Texts come from the server, but hold what was sent: nothing of it may move the cursor. */
function harmless(text: string): string {
  return text.replace(/\p{Cc}/gu, '·');
}

function rowLines({ counters, bodyBytes }: Story, paint: Paint): string[] {
  const megabytes = (bodyBytes / 1_000_000).toFixed(1);
  const failed = counters.invalid + counters.ambiguous + counters.not_found + counters.cancelled;
  return [
    paint('bold', `  ${grouped(counters.total)} rows, sent in one request of ${megabytes} MB`),
    count('created', counters.created),
    count('updated', counters.updated),
    count('unchanged', counters.unchanged),
    count('failed', failed, failed === 0 ? '' : 'put in on purpose; they did not stop the others'),
  ];
}

function failureLines(failures: readonly FailureGroup[], paint: Paint): string[] {
  if (failures.length === 0) return [];
  const lines = failures.map(({ rows, code, text, firstRow }) => {
    const where = paint('dim', `first at [${firstRow}]`);
    return `    ${String(rows).padStart(4)} × ${paint('yellow', String(code))} ${harmless(text)}  ${where}`;
  });
  return ['', paint('bold', '  Why rows failed'), ...lines];
}

function runLines({ counters, runs, passages, workflowName }: Story, paint: Paint): string[] {
  const left = runs.active + runs.waiting;
  const skipped = counters.skipped_reentry;
  const width = Math.max(0, ...passages.map(({ node }) => node.length)) + 2;
  return [
    '',
    paint('bold', `  Runs of the workflow “${workflowName}”`),
    count('started', counters.started),
    ...(skipped === 0 ? [] : [count('skipped', skipped, 'the customer was inside already')]),
    count('ended', runs.ended),
    count('failed', runs.failed),
    ...(left === 0 ? [] : [count('under way', left)]),
    ...passages.map(({ node, outcomes }) => {
      const ways = outcomes.map(([outcome, passed]) => `${outcome} ${grouped(passed)}`);
      return paint('dim', `      ${node.padEnd(width)}${ways.join(', ')}`);
    }),
  ];
}

function sinkLines({ sink }: Story, paint: Paint): string[] {
  const keys = sink.calls - sink.repeated - sink.withoutKey;
  const verdict = sink.repeated === 0 ? 'none came twice' : `${grouped(sink.repeated)} were repeats`;
  return [
    '',
    paint('bold', "  API calls that reached the demo's own endpoint"),
    count('received', sink.calls),
    count('distinct', keys, `by Idempotency-Key; ${verdict}`),
    ...(sink.withoutKey === 0 ? [] : [count('without key', sink.withoutKey)]),
    ...(sink.unreadable === 0 ? [] : [count('unreadable', sink.unreadable)]),
  ];
}

function mailLines({ mail }: Story, paint: Paint): string[] {
  return [
    '',
    paint('bold', "  E-mails that reached the demo's own catcher"),
    count('received', mail.accepted, `over ${grouped(mail.connections)} connections`),
    ...(mail.greylisted === 0 ? [] : [count('put off', mail.greylisted, 'taken at the second try')]),
    ...(mail.refused === 0 ? [] : [count('refused', mail.refused, 'no such mailbox')]),
  ];
}

function timeLines(story: Story, paint: Paint): string[] {
  const { counters } = story;
  const line = (label: string, ms: number, things: number, note: string): string =>
    `    ${label.padEnd(LABEL_WIDTH)}${seconds(ms).padStart(NUMBER_WIDTH)}  ` +
    `${perSecond(things, ms).padEnd(20)} ${paint('dim', note)}`.trimEnd();
  return [
    '',
    paint('bold', '  Time since the request was sent'),
    line('accepted', story.acceptMs, counters.total, 'stored, and safe from any crash'),
    line('imported', story.importMs, counters.total, 'every row in, every run started'),
    line('all done', story.workflowMs, counters.started, 'with the two seconds that some runs wait'),
  ];
}

/** What happened to the batch, for people to read. */
export function printStory(story: Story, paint: Paint): string {
  const lines = [
    ...rowLines(story, paint),
    ...failureLines(story.failures, paint),
    ...runLines(story, paint),
    ...sinkLines(story, paint),
    ...mailLines(story, paint),
    ...timeLines(story, paint),
  ];
  return `${lines.join('\n')}\n`;
}

/** Where to look next: lines that can be pasted into another terminal. */
export function printSignpost(signpost: Signpost, paint: Paint): string {
  const { url, token, tokenFile, sinkUrl, databaseId, workflowId, taskId, sample } = signpost;
  const header = '-H "Authorization: Bearer $TOKEN"';
  const search = `database_id=${databaseId}&field=${sample.field}&value=${encodeURIComponent(sample.value)}`;
  const body = JSON.stringify({ task_id: taskId, result_limit: 5 });
  const remark = (text: string): string => paint('dim', `    # ${text}`);
  const lines = [
    paint('bold', '  Where to look next'),
    `    in a browser  ${paint('cyan', `${url}/#setup=${token}`)}`,
    `    API           ${url}/api/openapi.json`,
    `    figures       ${url}/metrics`,
    `    endpoint      ${sinkUrl}`,
    '',
    remark(tokenFile === undefined ? 'your MUSTER_TOKEN' : `kept in ${tokenFile}`),
    `    TOKEN='${token}'`,
    remark('how the task went, with what became of its first rows'),
    `    curl -s ${header} ${url}/api/v1.1/tasks/status -d '${body}'`,
    remark('how many runs passed which node of the workflow'),
    `    curl -s ${header} ${url}/api/admin/workflows/${workflowId}/counts`,
    remark('one customer, as the import and the workflow left him or her'),
    `    curl -s ${header} '${url}/api/admin/profiles?${search}'`,
  ];
  return `${lines.join('\n')}\n`;
}
