import type { Clock, Log, Outcome, Signals } from '../../base/index.ts';
import type { Db, Refusal } from '../../db/index.ts';
import type { BreakerChange } from '../budget.ts';

/** A row of an outbox that this process has claimed. */
export interface Claimed {
  readonly id: string;
  /** Where it goes: rows of one place share a budget. */
  readonly place: string;
  readonly leaseEnd: Date;
}

/** How a claimed row has ended here: with an outcome, or without one, so that the claim is given back. */
export interface Ending<Row, Settled> {
  readonly row: Row;
  readonly token: string;
  /** Undefined = it was not tried. */
  readonly outcome: Settled | undefined;
  readonly reach: 'reached' | 'unreachable' | undefined;
  /** Why it was unreachable. */
  readonly reason: string | null;
}

/** What a claim for one place has brought. */
export interface Turn<Row> {
  readonly rows: readonly Row[];
  /** Rows of paused workflows that were put aside. */
  readonly held: number;
  /** Why nothing was claimed: the place has as much under way as it may, or until then it is to be left alone. */
  readonly isFull: boolean;
  readonly nextAt: Date | null;
  /** Whether the place may have more that is due; absent = when as many came as were asked for. */
  readonly mayHaveMore?: boolean;
}

/** A claimed row that is not under way any more, though its row does not say so yet. */
export interface EndedClaim {
  readonly id: string;
  readonly token: string;
}

/** What a claim is asked for. */
export interface ClaimOrder {
  readonly token: string;
  readonly now: Date;
  readonly limit: number;
  /**
   * Claims of this process to the place that have ended, and whose outcome may not be written yet. Whoever counts what is
   * under way may leave out rows that carry these very tokens: then a place is not empty while outcomes are written.
   */
  readonly ended: readonly EndedClaim[];
}

export interface DueSearch {
  readonly now: Date;
  /** Places behind this one alone, in order; '' = from the first. */
  readonly after: string;
  /** To be passed over. */
  readonly rest: readonly string[];
  readonly limit: number;
}

/** An outbox: rows that a transaction has queued, to be carried to a place outside and settled. */
export interface Dispatch<Row extends Claimed, Settled> {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly signals: Signals;
  /** Of its loop, its fail points, and as it stands in log lines. */
  readonly name: 'call' | 'message' | 'hook';
  /** What this process may have under way at once; one place takes half at most. As many more may wait to be written. */
  readonly places: number;
  /** The key of a place's budget. */
  budgetKey(place: string): string;
  /** Places with due rows. */
  findDue(search: DueSearch): Promise<string[]>;
  /** Claims what the budget of the place allows, in one transaction. */
  claim(place: string, order: ClaimOrder): Promise<Turn<Row>>;
  /**
   * Carries the rows of one claim, and tells of each once, as it ends. `stopping` cuts tries off. Resolves when all are
   * told of; a rejection is a bug, and those that are not told of come back when their lease is over.
   */
  carry(
    rows: readonly Row[],
    token: string,
    stopping: AbortSignal,
    tell: (ending: Ending<Row, Settled>) => void,
  ): Promise<void>;
  /** Writes outcomes in one transaction, each only where the claim still holds; how many were. */
  settle(outcomes: readonly Settled[], now: Date): Promise<Outcome<number, Refusal>>;
  /** Gives claims back that were not tried. */
  release(claims: readonly { readonly row: Row; readonly token: string }[], now: Date): Promise<void>;
  /** Outcomes were written: what waits for them can go on. */
  readonly onSettled: () => void;
  readonly onBreaker?: (key: string, change: BreakerChange) => void;
}
