import type { Db } from '../../db/index.ts';
import type { Template } from '../../templates/index.ts';

/** A version of a template, parsed. Parts that its channel does not have are undefined. */
export interface MessageTemplate {
  readonly subject?: Template | undefined;
  readonly html?: Template | undefined;
  readonly text?: Template | undefined;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, Template>;
  /** Further texts of other channels. */
  readonly data?: ReadonlyMap<string, Template> | undefined;
  readonly trackOpens: boolean;
  readonly trackClicks: boolean;
}

/** Undefined = there is no such version. Asked for every batch; versions never change, so answers may be kept. */
export type LoadTemplateVersion = (
  db: Db,
  id: number,
  version: number,
) => Promise<MessageTemplate | undefined>;
