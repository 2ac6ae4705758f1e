import { type DueVersion, versionKey } from '../sql/find-due-versions.ts';

/** Versions whose last turn is remembered; one that is forgotten goes first once too often. */
const MAX_REMEMBERED = 10_000;

/** Lets workflow versions take turns, so that one with many due runs keeps no other waiting. */
export class Turns {
  /** In the order of their last turns, the one that had it longest ago first. */
  readonly #served = new Set<string>();

  /** The versions in the order of their turns: those that had none yet, then the one that had it longest ago. */
  order(due: readonly DueVersion[]): DueVersion[] {
    const ranks = new Map([...this.#served].map((key, rank) => [key, rank]));
    const rankOf = (version: DueVersion): number => ranks.get(versionKey(version)) ?? -1;
    return [...due].sort((left, right) => rankOf(left) - rankOf(right));
  }

  /** Notes that the version has its turn now. */
  take(version: DueVersion): void {
    const key = versionKey(version);
    this.#served.delete(key);
    const [oldest] = this.#served;
    if (this.#served.size >= MAX_REMEMBERED && oldest !== undefined) this.#served.delete(oldest);
    this.#served.add(key);
  }
}
