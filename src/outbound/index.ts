/** Level 2: the one way out. Every HTTP request of users' making leaves through here, past the target guard. */
export { connectionHeaders } from './header-names.ts';
export { createTargetClient } from './target-client.ts';
export { checkTargetUrl } from './target-guard.ts';
export type { TargetClient, TargetOutcome, TargetRequest } from './target-request.ts';
export { hasDotSegment, readWrittenHeaders, writtenUrlFault } from './written-request.ts';
