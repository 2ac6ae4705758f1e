import type { JsonObject } from '../base/index.ts';
import type { EventFilter } from './sql/scan-log.ts';

export const oauth2Auths = ['basic', 'post'] as const;

/** Where a hook gets its access token: the client credentials grant of OAuth 2 (RFC 6749, 4.4). */
export interface Oauth2 {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly scope: string | null;
  /** How the client says who it is: in the header Authorization, or in the body. */
  readonly auth: (typeof oauth2Auths)[number];
}

/** What an operator says of a hook, but for its secrets. */
export interface HookSettings {
  readonly name: string;
  readonly url: string;
  readonly filter: EventFilter;
  readonly batchSize: number;
  /** So long an event waits at most for others to fill its batch. */
  readonly batchTimeoutSeconds: number;
  /** What the body of a good answer holds; null = any. */
  readonly successPattern: string | null;
  readonly headerName: string | null;
  readonly oauth2: Oauth2 | null;
  /** Merged under the `custom_data` of each event. */
  readonly customData: JsonObject;
}

export interface Hook extends HookSettings {
  readonly id: number;
  /** `HookSecrets`, sealed. */
  readonly secrets: string;
  readonly isActive: boolean;
  /** Why it was switched off, where that was not by hand. */
  readonly inactiveReason: string | null;
  /** When it last stood so far back that events were deleted before it took them; null = never. */
  readonly missedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
