/** Level 2: the filter language of `custom_request`: parse -> frozen AST -> SQL over a jsonb expression. Knows no table. */
export type { FieldPath, Filter, JsonScalar, QueryError } from './filter.ts';
export { filterSql } from './filter-sql.ts';
export { MAX_CONDITIONS, MAX_DEPTH, MAX_LIST, MAX_PATH_LENGTH, parseFilter } from './parse-filter.ts';
