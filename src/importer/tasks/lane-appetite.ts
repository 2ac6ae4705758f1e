import { LANE_COUNT } from '../../profiles/index.ts';
import { type SettledLanes, TX_ROWS } from './process-lanes.ts';

/**
 * How many lanes a claim takes. Two fill a transaction while large requests wait, and leave the others to workers beside
 * this one; small requests are dealt out over all lanes, and a transaction for each of these would cost more than its
 * rows. It follows what the claims bring.
 */
export class LaneAppetite {
  #lanes = 2;

  get lanes(): number {
    return this.#lanes;
  }

  note({ rows, lanes, hasMore }: Pick<SettledLanes, 'rows' | 'lanes' | 'hasMore'>): void {
    if (hasMore) this.#lanes = Math.max(1, lanes);
    else if (rows * 2 <= TX_ROWS) this.#lanes = Math.min(LANE_COUNT, this.#lanes * 2);
  }
}
