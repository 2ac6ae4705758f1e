import type { JsonObject, JsonValue } from '../base/index.ts';

export type JsonScalar = null | boolean | number | string;

/**
 * The names of a dotted path; a name of digits may also be the index of an array. Empty, under `element` only, for the
 * element itself: then an array is not opened.
 */
export type FieldPath = readonly string[];

export type Comparison = '>' | '>=' | '<' | '<=';

/** JSON has one type of number. `int` and `long` are whole and fit 32 and 64 bits, `double` is the rest. */
export type ValueType =
  | 'null'
  | 'boolean'
  | 'string'
  | 'object'
  | 'array'
  | 'number'
  | 'int'
  | 'long'
  | 'double';

/**
 * What a filter means, after the many spellings of it are gone: `$ne` is `not` of `in`, `$nor` is `not` of `any`, `$all`
 * is `all` of `in`. Frozen through and through, so that it can be kept beside a workflow version and shared between
 * batches.
 */
export type Filter =
  | { readonly kind: 'all'; readonly parts: readonly Filter[] }
  | { readonly kind: 'any'; readonly parts: readonly Filter[] }
  | { readonly kind: 'not'; readonly part: Filter }
  /** The field is one of `scalars` or `documents`, or is an array with such an element; null is also a missing field. */
  | {
      readonly kind: 'in';
      readonly path: FieldPath;
      readonly scalars: readonly JsonScalar[];
      readonly documents: readonly (JsonValue[] | JsonObject)[];
    }
  | { readonly kind: 'exists'; readonly path: FieldPath }
  | {
      readonly kind: 'compare';
      readonly path: FieldPath;
      readonly operator: Comparison;
      readonly value: boolean | number | string;
    }
  | { readonly kind: 'type'; readonly path: FieldPath; readonly types: readonly ValueType[] }
  | { readonly kind: 'size'; readonly path: FieldPath; readonly size: number }
  | { readonly kind: 'mod'; readonly path: FieldPath; readonly divisor: number; readonly remainder: number }
  /** `pattern` is PostgreSQL's, in which `.` is any character; `multiline` is about `^` and `$`. */
  | {
      readonly kind: 'regex';
      readonly path: FieldPath;
      readonly pattern: string;
      readonly multiline: boolean;
    }
  /** The field is an array, and one element of it meets `part`, whose paths begin at the element. */
  | { readonly kind: 'element'; readonly path: FieldPath; readonly part: Filter };

/** Where in the input the fault is, such as `$or[1].age.$gt`, and what was expected there. */
export interface QueryError {
  readonly path: string;
  readonly message: string;
}
