/** A step of a run: the node, how the run left it (or `waits` when it came to rest), when, and what there is to say of it. */
export type TrailStep =
  | readonly [node: string, outcome: string, at: string]
  | readonly [node: string, outcome: string, at: string, detail: string];

/** The latest steps of a run that are kept. */
export const MAX_TRAIL = 200;

export function trailStep(node: string, outcome: string, at: Date, detail: string | null): TrailStep {
  const time = at.toISOString();
  return detail === null ? [node, outcome, time] : [node, outcome, time, detail];
}
