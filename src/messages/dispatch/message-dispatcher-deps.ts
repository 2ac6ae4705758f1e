import type { Clock, Log, Signals } from '../../base/index.ts';
import type { BreakerChange, BudgetLimits } from '../../budgets/index.ts';
import type { Db } from '../../db/index.ts';
import type { RenderedContent, SenderChannel } from '../message.ts';
import type { RunPort, RunScopes } from '../run-port.ts';
import type { LoadTemplateVersion } from './message-template.ts';

/** A sender as it is now. */
export interface DispatchSender {
  readonly id: number;
  /** Rises with every change of its settings: a channel that was opened before is out of date. */
  readonly updatedAt: Date;
  /** `concurrency`: messages that are claimed at once, of all workers together. */
  readonly limits: BudgetLimits;
  /** Opens a way out by these settings. */
  readonly open: () => SenderChannel;
}

/** Where the recipient of a message can unsubscribe. */
export interface RecipientLinks {
  readonly unsubscribe: string;
  readonly globalUnsubscribe: string;
  /** For one click, RFC 8058. */
  readonly oneClick: string;
}

/** Leads links past this server, adds a picture that tells of opening. */
export type Decorate = (
  content: RenderedContent,
  message: { readonly slot: number; readonly id: string },
  options: { readonly trackOpens: boolean; readonly trackClicks: boolean },
) => RenderedContent;

export interface MessageDispatcherDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly signals: Signals;
  readonly runs: RunPort;
  /** The lease of a claim, beyond what a try may take. */
  readonly leaseSeconds: number;
  /** Places of this process: messages that are under way, or whose outcome is not written. */
  readonly concurrency: number;
  /** After so many milliseconds it is not known what has become of a try. */
  readonly tryMs: number;
  /** Undefined = there is no such sender. */
  readonly loadSender: (db: Db, id: number) => Promise<DispatchSender | undefined>;
  readonly loadTemplateVersion: LoadTemplateVersion;
  readonly loadRunScopes: RunScopes;
  /** The workflows that are paused, of all databases. */
  readonly pausedWorkflows: (tx: Db) => Promise<readonly number[]>;
  /** Absent = messages have no links of that kind. */
  readonly linksOf?: (message: { readonly slot: number; readonly id: string }) => RecipientLinks;
  readonly decorate?: Decorate;
  /** Milliseconds of one try and how it ended, for the metrics. */
  readonly observeSend: (ms: number, outcome: string) => void;
  /** Is told that the breaker of a sender has opened or closed, for the metrics. */
  readonly onBreaker?: (key: string, change: BreakerChange) => void;
  /** Tells the engine that runs can go on. */
  readonly wakeEngine: () => void;
}
