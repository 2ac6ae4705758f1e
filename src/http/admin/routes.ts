import type { TSchema } from 'typebox';
import { MusterError } from '../../base/index.ts';
import { problem } from './contract.ts';

/** The answers of a route, for the OpenAPI document: the good one, and the problem that every other is. */
export function answers(status: 200 | 201 | 204, schema: TSchema) {
  return { [status]: schema, default: problem };
}

/** A 404, for what is not there and for what the token may not see alike. */
export function noSuch(kind: string, id: number | string): MusterError {
  return new MusterError(404, { detail: `there is no ${kind} ${id}` });
}
