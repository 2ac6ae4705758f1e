/** Level 0: plain pieces that know nothing of Muster's tables or rooms. */
export { backoffMs } from './backoff.ts';
export { chunkBySize, groupBy } from './chunk.ts';
export { type Clock, ManualClock, systemClock } from './clock.ts';
export { type ErrorCode, invalidRequest, MusterError, toError } from './errors.ts';
export type { Finding } from './finding.ts';
export { addressMd5, addressXxh } from './hash.ts';
export { isObjectId, isUuid, laneOf, newObjectId, newUuid, SLOT_COUNT, slotOf } from './ids.ts';
export {
  isDeeperThan,
  isJsonObject,
  isObject,
  type JsonObject,
  type JsonValue,
  MAX_JSON_DEPTH,
  ownValue,
  parseJson,
  sameJson,
  storageFault,
  textFault,
  tryParseJson,
} from './json.ts';
export { type JsonTree, leavesOf, parseJsonTree, renderJsonTree } from './json-tree.ts';
export { createLog, type Log, type LogLevel } from './log.ts';
export { failure, type Outcome, success, unreachable } from './outcome.ts';
export { parseSecretKey } from './secret-key.ts';
export { type Service, startAll, stopAll } from './service.ts';
export { type FailPoint, failPoints, killAt, noSignals, type Signals } from './signal.ts';
