/** Level 2: the filter language of `custom_request`: parse -> frozen AST -> SQL over a jsonb expression. Knows no table. */
export type { Comparison, FieldPath, Filter, JsonScalar, QueryError, ValueType } from './filter.ts';
export { filterSql } from './filter-sql.ts';
export { MAX_PATH_LENGTH, parseFilter } from './parse-filter.ts';
export { MAX_PATTERN_LENGTH, type Pattern, parsePattern } from './parse-pattern.ts';
export {
  MAX_CONDITIONS,
  MAX_DEPTH,
  MAX_LIST,
  MAX_PARTS,
  MAX_PATTERNS,
} from './parsing.ts';
export { firstNames, type RequiredCondition, requiredConditions } from './required-conditions.ts';
