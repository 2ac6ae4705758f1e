import type { NodeCountsObject } from '../src/http/admin/contract.ts';
import { type Batch, makeBatch, WEB_CONTENT } from './batch.ts';
import { groupFailures } from './failures.ts';
import { grouped } from './figures.ts';
import { fetchResults, followImport, followRuns } from './follow-task.ts';
import type { MailFigures, MailServer } from './mail-server.ts';
import type { MusterClient } from './muster-client.ts';
import type { Paint } from './paint.ts';
import { diffPassages } from './passages.ts';
import { startProgress } from './progress.ts';
import type { Story } from './report.ts';
import { MATCH_FIELD, type Shop } from './setup.ts';
import { makeWorkflowDefinition } from './shop-workflow.ts';
import type { Sink, SinkFigures } from './sink.ts';

const PROFILES = 10_000;
const BAD_ROWS = 40;
const DUPLICATES = 60;
const SEED = 2026;

export interface Stage {
  readonly client: MusterClient;
  readonly shop: Shop;
  readonly sink: Sink;
  readonly mail: MailServer;
  readonly out: NodeJS.WriteStream;
  readonly paint: Paint;
  readonly signal: AbortSignal;
}

function printBody(batch: Batch, shop: Shop): string {
  return JSON.stringify({
    workflow_id: shop.workflowId,
    matching: 'custom',
    field_name: MATCH_FIELD,
    content: WEB_CONTENT,
    custom_data: { source: 'demo', batch: shop.batchesBefore + 1 },
    data: batch.items,
  });
}

async function readCounts({ client, shop }: Stage): Promise<NodeCountsObject[]> {
  const path = `/workflows/${shop.workflowId}/counts`;
  return (await client.admin<{ data: NodeCountsObject[] }>('GET', path)).data;
}

/** Shows a bar while `work` goes on, whatever comes of it. */
async function withBar<T>(
  stage: Stage,
  label: string,
  total: number,
  work: (onDone: (done: number) => void) => Promise<T>,
): Promise<T> {
  const bar = startProgress(stage.out, stage.paint, label, total);
  try {
    return await work((done) => bar.update(done));
  } finally {
    bar.stop();
  }
}

function subtract(after: SinkFigures, before: SinkFigures): SinkFigures {
  return {
    calls: after.calls - before.calls,
    repeated: after.repeated - before.repeated,
    withoutKey: after.withoutKey - before.withoutKey,
    unreadable: after.unreadable - before.unreadable,
  };
}

function subtractMail(after: MailFigures, before: MailFigures): MailFigures {
  return {
    connections: after.connections - before.connections,
    accepted: after.accepted - before.accepted,
    greylisted: after.greylisted - before.greylisted,
    refused: after.refused - before.refused,
  };
}

function nodeIds({ letter }: Shop, sinkUrl: string): string[] {
  const { nodes } = makeWorkflowDefinition(sinkUrl, letter);
  return nodes.map((node) => String(node['id']));
}

/** Makes the batch, sends it in one request, watches import and workflow. @returns what happened, and the task's id. */
export async function runBatch(stage: Stage): Promise<{ story: Story; taskId: string }> {
  const { client, shop, sink, mail, out, signal } = stage;
  const batch = makeBatch({
    profiles: PROFILES,
    bad: BAD_ROWS,
    duplicates: DUPLICATES,
    seed: SEED,
    revision: shop.batchesBefore,
  });
  const body = printBody(batch, shop);
  out.write(
    `  ${grouped(PROFILES)} profiles made, with ${BAD_ROWS} bad rows and ${DUPLICATES} second ones mixed in\n\n`,
  );
  const [countsBefore, sinkBefore, mailBefore] = [await readCounts(stage), sink.figures(), mail.figures];
  const sentAt = performance.now();
  const taskId = await client.importBatch(body);
  const acceptMs = performance.now() - sentAt;
  const imported = await withBar(stage, 'import', batch.items.length, (onDone) =>
    followImport(client, taskId, signal, onDone),
  );
  const importMs = performance.now() - sentAt;
  const { counters } = imported;
  const { runs } = await withBar(stage, 'workflow', counters.started, (onDone) =>
    followRuns(client, taskId, signal, onDone),
  );
  const workflowMs = performance.now() - sentAt;
  const results = await fetchResults(client, taskId, counters.total);
  const story: Story = {
    bodyBytes: Buffer.byteLength(body),
    counters,
    runs,
    failures: groupFailures(results),
    workflowName: shop.workflowName,
    passages: diffPassages(countsBefore, await readCounts(stage), nodeIds(shop, sink.url)),
    sink: subtract(sink.figures(), sinkBefore),
    mail: subtractMail(mail.figures, mailBefore),
    acceptMs,
    importMs,
    workflowMs,
  };
  return { story, taskId };
}
