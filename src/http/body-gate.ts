/** Bodies up to this length have a share of their own: they never wait behind large ones. */
export const SMALL_BODY_BYTES = 262_144;
/** Of small bodies so many bytes are held at once, whatever the share of the large ones. */
const SMALL_SHARE_BYTES = 16 * 1_048_576;
/** What the smallest body counts for: its request takes memory too. */
const LEAST_BYTES = 4_096;

/** The right to hold a body in memory. */
export interface Pass {
  /** Whether another body had to leave first. */
  readonly hasWaited: boolean;
  /** Safe to call twice. */
  leave(): void;
}

/** What `/metrics` tells of the gate. */
export interface GateFigures {
  readonly waiting: number;
  readonly heldBytes: number;
}

interface Waiting {
  readonly bytes: number;
  admit(): void;
}

/** First come, first served, so that a large body is not passed for ever by smaller ones. */
class Share {
  readonly #limit: number;
  readonly #queue = new Set<Waiting>();
  #held = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get figures(): GateFigures {
    return { waiting: this.#queue.size, heldBytes: this.#held };
  }

  /** @returns undefined when `given up` came before the turn did. */
  enter(asked: number, givenUp: AbortSignal): Promise<Pass | undefined> {
    // A body larger than the whole share gets in when it is alone.
    const bytes = Math.min(Math.max(asked, LEAST_BYTES), this.#limit);
    if (givenUp.aborted) return Promise.resolve(undefined);
    if (this.#queue.size === 0 && this.#held + bytes <= this.#limit) {
      return Promise.resolve(this.#hold(bytes, false));
    }
    return new Promise((resolve) => {
      const giveUp = (): void => {
        this.#queue.delete(one);
        resolve(undefined);
        // It may have been the one that did not fit, in front of others that do.
        this.#admitNext();
      };
      const one: Waiting = {
        bytes,
        admit: () => {
          givenUp.removeEventListener('abort', giveUp);
          resolve(this.#hold(bytes, true));
        },
      };
      this.#queue.add(one);
      givenUp.addEventListener('abort', giveUp, { once: true });
    });
  }

  #hold(bytes: number, hasWaited: boolean): Pass {
    this.#held += bytes;
    let isHeld = true;
    return {
      hasWaited,
      leave: () => {
        if (!isHeld) return;
        isHeld = false;
        this.#held -= bytes;
        this.#admitNext();
      },
    };
  }

  #admitNext(): void {
    for (const one of this.#queue) {
      if (this.#held + one.bytes > this.#limit) return;
      this.#queue.delete(one);
      one.admit();
    }
  }
}

/**
 * Bounds what request bodies take of memory: a body is read only when it is its turn, and until then lies unread with
 * its sender. It holds its place for as long as what was made of it is in memory.
 */
export class BodyGate {
  readonly #small = new Share(SMALL_SHARE_BYTES);
  readonly #large: Share;

  /** @param largeBytes of bodies that are not small, held at once. */
  constructor(largeBytes: number) {
    this.#large = new Share(largeBytes);
  }

  get figures(): GateFigures {
    const [small, large] = [this.#small.figures, this.#large.figures];
    return {
      waiting: small.waiting + large.waiting,
      heldBytes: small.heldBytes + large.heldBytes,
    };
  }

  /** @returns undefined when `givenUp` came before the turn did. */
  enter(bytes: number, givenUp: AbortSignal): Promise<Pass | undefined> {
    const share = bytes <= SMALL_BODY_BYTES ? this.#small : this.#large;
    return share.enter(bytes, givenUp);
  }
}
