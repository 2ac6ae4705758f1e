import type { ProfileChange } from '../../profiles/index.ts';

/** What the nodes of one batch have made of profiles, so that triggers fire once for the batch and not for each node. */
export class ChangedProfiles {
  readonly #changes = new Map<string, { change: ProfileChange; depth: number }>();

  /** @param depth of the run that made the change; of several, the deepest counts. */
  note(change: ProfileChange, depth: number): void {
    const { profileId } = change;
    const earlier = this.#changes.get(profileId);
    if (earlier === undefined) {
      this.#changes.set(profileId, { change, depth });
      return;
    }
    const { before, enteredSegments } = earlier.change;
    const isStateChanged = change.before !== change.after;
    const merged = {
      ...{ profileId, before, after: isStateChanged ? change.after : earlier.change.after },
      enteredSegments: [...new Set([...enteredSegments, ...change.enteredSegments])],
    };
    this.#changes.set(profileId, { change: merged, depth: Math.max(earlier.depth, depth) });
  }

  /** Each profile once, by the depth of the deepest run that changed it, the lowest depth first. */
  byDepth(): [depth: number, changes: ProfileChange[]][] {
    const groups = new Map<number, ProfileChange[]>();
    for (const { change, depth } of this.#changes.values()) {
      const group = groups.get(depth);
      if (group === undefined) groups.set(depth, [change]);
      else group.push(change);
    }
    return [...groups].sort(([left], [right]) => left - right);
  }
}
