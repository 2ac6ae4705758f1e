/** Level 2: who may do what (tokens, rights), and the answers kept so that a repeated request is not executed twice. */
export { mayUse, type Right, rights, type Token } from './rights.ts';
export { findStoredAnswer } from './sql/find-stored-answer.ts';
export { purgeStoredAnswers } from './sql/purge-stored-answers.ts';
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
