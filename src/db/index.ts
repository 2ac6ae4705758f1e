/** Level 1: the way to PostgreSQL, the schema, and the loop that turns rows into work. Knows no table by itself. */
export { type ClaimLoop, type ClaimLoopOptions, createClaimLoop } from './claim-loop.ts';
export { copyRows } from './copy-in.ts';
export { CopyRows } from './copy-rows.ts';
export { checkDatabase } from './doctor/check-database.ts';
export {
  connectEmbedded,
  EmbeddedError,
  type EmbeddedOptions,
  type EmbeddedServer,
  startEmbedded,
} from './embedded/index.ts';
export { joinConditions } from './join-conditions.ts';
export { isMigrated, migrate } from './migrate.ts';
export { type Db, type DbOptions, openDb, openPool, type PoolFigures } from './pool.ts';
export {
  type OpenTx,
  openTx,
  type Refusal,
  sqlState,
  TransactionConflict,
  withSavepointOrRefusal,
  withStatementLimit,
  withTx,
  withTxOrRefusal,
} from './tx.ts';
