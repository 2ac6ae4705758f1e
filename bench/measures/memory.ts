import { type Bench, runRounds, withBed } from '../environment/bench.ts';
import { createBenchClient } from '../environment/client.ts';
import { readMemory } from '../environment/process-memory.ts';
import { atMost, type Figure, toFigure } from '../figures/figure.ts';
import { summarise } from '../figures/stats.ts';
import { customerOf } from '../load/batch-body.ts';
import { untilCompleted, untilEnded } from '../load/follow-import.ts';
import { setUp, shortest } from '../load/workflows.ts';
import type { Measure } from './measure.ts';

const REQUESTS = 20;
/** Just below MUSTER_BODY_LIMIT_BYTES as it is by default, 10 MiB. */
const BODY_BYTES = 10_000_000;
/** A profile of a kilobyte in the full form; larger and fewer ones in the short form, which imports them sooner. */
const PROFILE_BYTES = 1_000;
const SHORT_PROFILE_BYTES = 10_000;

interface Body {
  readonly text: string;
  readonly rows: number;
}

/** ASCII, so that characters are bytes. */
function printBody(workflowId: number, request: number, profileBytes: number): Body {
  const head = `{"workflow_id":${workflowId},"matching":"email","data":[`;
  const items: string[] = [];
  const rows = Math.floor((BODY_BYTES - head.length) / profileBytes);
  for (let index = 0; index < rows; index += 1) {
    const { email, phones, customer_no } = customerOf(request * rows + index);
    const known = JSON.stringify({ data: { email, phones, customer_no, _lname: '' } });
    const rest = 'x'.repeat(Math.max(0, profileBytes - known.length - 1));
    items.push(JSON.stringify({ data: { email, phones, customer_no, _lname: rest } }));
  }
  return { text: `${head}${items.join(',')}]}`, rows };
}

/** Each round has a server of its own: the most that a process ever had does not go down again. */
async function measureRound(bench: Bench, profileBytes: number) {
  return withBed(bench, {}, async ({ client, server, token }, stops) => {
    const { workflowId } = await setUp(client, shortest);
    const bodies = Array.from({ length: REQUESTS }, (_, index) => printBody(workflowId, index, profileBytes));
    const many = createBenchClient(server.url, token, REQUESTS);
    stops.add(many.close);
    const before = await readMemory(server.pid);
    const startedAt = performance.now();
    const taskIds = await Promise.all(bodies.map(({ text }) => many.importBatch(text)));
    const acceptedMs = performance.now() - startedAt;
    const accepted = await readMemory(server.pid);
    for (const [index, taskId] of taskIds.entries()) {
      const rows = bodies[index]?.rows ?? 0;
      await untilCompleted(client, taskId, rows, bench.signal, 'new');
      await untilEnded(client, taskId, rows, bench.signal);
    }
    const completedMs = performance.now() - startedAt;
    const after = await readMemory(server.pid);
    if (before === undefined || accepted === undefined || after === undefined) return undefined;
    return {
      ...{ idleMb: before.residentMb, acceptedMb: accepted.peakMb, peakMb: after.peakMb },
      ...{ acceptedMs, completedMs, rows: bodies.reduce((sum, { rows }) => sum + rows, 0) },
    };
  });
}

async function run(bench: Bench): Promise<Figure[]> {
  if ((await readMemory(process.pid)) === undefined) {
    bench.tell('  left out: the memory of a process is read from /proc, which this system does not have');
    return [];
  }
  const profileBytes = bench.isShort ? SHORT_PROFILE_BYTES : PROFILE_BYTES;
  const round = async () => {
    const measured = await measureRound(bench, profileBytes);
    if (measured === undefined) throw new Error('the memory of the server cannot be read');
    const { idleMb, acceptedMb, peakMb, completedMs } = measured;
    const megabytes = [idleMb, acceptedMb, peakMb].map(Math.round).join(', ');
    const said = `MB before, when all were accepted, at most: ${megabytes}; ${Math.round(completedMs)} ms`;
    return { measured, said };
  };
  const rounds = await runRounds(bench, round, { hasWarmUp: false });
  const peak = summarise(rounds.map(({ peakMb }) => peakMb));
  const accepted = summarise(rounds.map(({ acceptedMb }) => acceptedMb));
  const spec = {
    name: 'memory',
    title: `memory of the server, ${REQUESTS} requests of 10 MB at once, until all are imported`,
    against: '',
    unit: 'MB',
    reach: atMost(400),
  } as const;
  return [
    toFigure(spec, {
      judged: peak,
      muster: [
        { label: 'most', unit: 'MB', stats: peak },
        { label: 'most until all were accepted', unit: 'MB', stats: accepted },
        { label: 'before', unit: 'MB', stats: summarise(rounds.map(({ idleMb }) => idleMb)) },
      ],
      yardstick: null,
      details: {
        ...{ requests: REQUESTS, profile_bytes: profileBytes, profiles: rounds[0]?.rows ?? 0 },
        accepted_ms: Math.round(summarise(rounds.map(({ acceptedMs }) => acceptedMs)).median),
        completed_ms: Math.round(summarise(rounds.map(({ completedMs }) => completedMs)).median),
      },
    }),
  ];
}

export const memory: Measure = {
  name: 'memory',
  title: 'memory of the server while 20 requests of 10 MB come at once; all are accepted and imported',
  against: '',
  reach: '≤ 400 MB resident',
  run,
};
