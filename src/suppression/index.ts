/** Level 3: suppression lists: addresses, domains and phone numbers that get nothing. Knows no profiles. */
export {
  addEntries,
  findSuppressed,
  MAX_VALUES,
  type NormalizeContact,
  pageEntries,
  removeEntries,
} from './entries.ts';
export {
  createSuppressionList,
  deleteSuppressionList,
  getSuppressionList,
  updateSuppressionList,
} from './lists.ts';
export { listSuppressionLists } from './sql/list-lists.ts';
export {
  type EntryKind,
  entryKinds,
  type SuppressionEntry,
  type SuppressionList,
} from './suppression-list.ts';
