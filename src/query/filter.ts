import type { JsonObject, JsonValue } from '../base/index.ts';

export type JsonScalar = null | boolean | number | string;

/** The names of a dotted path; a name of digits may also be the index of an array. */
export type FieldPath = readonly string[];

/**
 * What a filter means, after the many spellings of it are gone: `$ne` is `not` of `in`, `$nor` is `not` of `any`.
 * Frozen through and through, so that it can be kept beside a workflow version and shared between batches.
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
      readonly operator: '>' | '>=' | '<' | '<=';
      readonly value: number | string;
    };

/** Where in the input the fault is, such as `$or[1].age.$gt`, and what was expected there. */
export interface QueryError {
  readonly path: string;
  readonly message: string;
}
