/** A batch of runs that a filter takes longer over fails: its statement holds the runs, and a connection, as long. */
export const FILTER_LIMIT_MS = 30_000;
export const FILTER_TOO_SLOW = `the filter takes longer than ${FILTER_LIMIT_MS / 1000} s for a batch of profiles`;
