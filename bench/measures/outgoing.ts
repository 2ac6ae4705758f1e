import type { JsonObject } from '../../src/base/index.ts';
import { type Bench, runRounds } from '../environment/bench.ts';
import type { Arrivals, SinkProcess } from '../environment/sink-process.ts';
import { type Figure, type FigureSpec, type Reading, rateReading, toFigure } from '../figures/figure.ts';
import { summarise } from '../figures/stats.ts';

/** One side of a comparison of what goes out. */
export interface Side {
  /** The bare loop makes more of them where it is so fast that few would take no time at all. */
  readonly arrivals: number;
  /** Sends what is expected; done when everything is settled, with the time of that in ms where it is told. */
  send(): Promise<{ settledMs?: number }>;
}

export interface Comparison {
  readonly spec: FigureSpec;
  /** What `/s` counts, in words: `messages`, `events`. */
  readonly things: string;
  /** Things in an arrival: 1, or the events of a delivery. */
  readonly thingsEach: number;
  readonly details: JsonObject;
  /** Before each round, untimed. */
  prepare(round: number): Promise<{ muster: Side; bare: Side; after?: () => Promise<void> }>;
}

interface Sent {
  readonly rate: number;
  /** Until all was settled; undefined = that is not told. */
  readonly settledRate: number | undefined;
  readonly arrivals: number;
  readonly bytesEach: number;
}

/**
 * The rate goes by the sink's own clock, from the first arrival to the last: the way there, such as walking the first
 * runs or opening the connections, is left out on both sides alike.
 */
async function time(sink: SinkProcess, { thingsEach }: Comparison, side: Side): Promise<Sent> {
  globalThis.gc?.();
  const { arrivals } = side;
  const { arrived } = await sink.expect(arrivals);
  const [{ settledMs }, seen] = await Promise.all([side.send(), arrived]);
  const after: Arrivals = await sink.arrivals();
  if (after.count !== arrivals) throw new Error(`${after.count} arrived instead of ${arrivals}`);
  const rate = ((arrivals - 1) * thingsEach * 1000) / Math.max(seen.spanMs, 0.001);
  return {
    rate,
    settledRate: settledMs && (arrivals * thingsEach * 1000) / settledMs,
    arrivals,
    bytesEach: Math.round(seen.bytes / arrivals),
  };
}

/** What Muster sends out beside a bare loop to the same sink, in pairs. */
export async function compareOutgoing(
  bench: Bench,
  sink: SinkProcess,
  comparison: Comparison,
): Promise<Figure> {
  const { spec, things, thingsEach } = comparison;
  const rounds = await runRounds(bench, async (round) => {
    const { muster, bare, after } = await comparison.prepare(round);
    const measured = {
      muster: await time(sink, comparison, muster),
      bare: await time(sink, comparison, bare),
    };
    await after?.();
    const say = ({ rate }: Sent): string => `${Math.round(rate).toLocaleString('en-US')}/s`;
    return { measured, said: `${say(measured.muster)} ${things} (bare ${say(measured.bare)})` };
  });
  const settled = rounds.flatMap(({ muster }) => muster.settledRate ?? []);
  const whole: Reading[] =
    settled.length === 0 ? [] : [rateReading('resumed to all settled', summarise(settled))];
  const [first] = rounds;
  return toFigure(spec, {
    judged: summarise(rounds.map(({ muster, bare }) => muster.rate / bare.rate)),
    muster: [
      rateReading('first to last arrival', summarise(rounds.map(({ muster }) => muster.rate))),
      ...whole,
    ],
    yardstick: rateReading('bare loop', summarise(rounds.map(({ bare }) => bare.rate))),
    details: {
      ...{ counted: things, arrivals: first?.muster.arrivals ?? 0, things_each: thingsEach },
      ...{ muster_bytes_each: first?.muster.bytesEach ?? 0, bare_bytes_each: first?.bare.bytesEach ?? 0 },
      ...comparison.details,
    },
  });
}
