/**
 * Level 2: who may do what (tokens, rights, people with roles and their sessions), who has done what (audit), what owners
 * set for everybody, and the answers kept so that a repeated request is not executed twice.
 */
export {
  ATTEMPT_MEMORY_SECONDS,
  checkOwnPassword,
  countAddressAttempt,
  type FailedLogIn,
  type LogInDeps,
  logIn,
} from './log-in.ts';
export { createPasswords, newPassword, PASSWORD_LENGTH, type Passwords } from './passwords.ts';
export { mayUse, type Right, rights, type Token } from './rights.ts';
export {
  type Principal,
  principalOfToken,
  principalOfUser,
  type Role,
  reaches,
  roles,
  tokenIdOf,
} from './roles.ts';
export {
  endSession,
  findSession,
  type Origin,
  openSession,
  SESSION_SECONDS,
  type Session,
} from './sessions.ts';
export { changeSettings, findSettings, type Settings } from './settings.ts';
export { findStoredAnswer } from './sql/find-stored-answer.ts';
export { hasUsers } from './sql/has-users.ts';
export { type ActorKind, type AuditEntry, actorKinds, insertAudit } from './sql/insert-audit.ts';
export { purgeAudit } from './sql/purge-audit.ts';
export { purgeLoginAttempts } from './sql/purge-login-attempts.ts';
export { purgeSessions } from './sql/purge-sessions.ts';
export { purgeStoredAnswers } from './sql/purge-stored-answers.ts';
export { type AuditSearch, type StoredAuditEntry, selectAudit } from './sql/select-audit.ts';
export { selectUser } from './sql/select-user.ts';
export { type Language, languages, selectUsers, type User } from './sql/select-users.ts';
export { type StoredAnswer, storeAnswer } from './store-answer.ts';
export {
  createToken,
  ensureFirstToken,
  ensureToken,
  findToken,
  type ListedToken,
  listTokens,
  revokeToken,
} from './tokens.ts';
export { changeUser, createFirstOwner, createUser, deleteUser, type UserChange } from './users.ts';
