import type { RowError } from '../../profiles/index.ts';

/** The import states of an item, as callers read them: it is in exactly one of them. */
export const itemStates = [
  'waiting',
  'created',
  'updated',
  'unchanged',
  'invalid',
  'ambiguous',
  'not_found',
  'cancelled',
] as const;
export type ItemState = (typeof itemStates)[number];

/** The state of an item that was not imported: it is what the counters of its task say. */
export function stateOfFault(fault: RowError): 'invalid' | 'ambiguous' | 'not_found' {
  if (fault.code === 409 && !fault.isDuplicate) return 'ambiguous';
  return fault.code === 404 ? 'not_found' : 'invalid';
}
