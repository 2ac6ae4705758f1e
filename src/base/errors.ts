/**
 * The closed list of codes that callers see, in item results as well as in whole answers. The number is the `error`
 * of an answer; the text is its `error_text`. Rooms return or throw `MusterError`; only `http/` turns one into bytes.
 */
const errorTexts = {
  400: 'Invalid request',
  401: 'API token required',
  403: 'No access',
  404: 'Not found',
  409: 'Conflict',
  429: 'Too many requests',
  500: 'Internal error',
} as const;

export type ErrorCode = keyof typeof errorTexts;

/**
 * A failure that is the caller's to mend: thrown where a whole request is refused, and caught by the HTTP error
 * handlers alone. `detail` names the field and what was expected; it never holds text from the database.
 */
export class MusterError extends Error {
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  /** The field or path at fault, for callers that highlight it. */
  readonly field: string | undefined;
  /** Seconds after which a 429 may be tried again. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    options: { text?: string; detail?: string; field?: string; retryAfterSeconds?: number } = {},
  ) {
    super(options.text ?? errorTexts[code]);
    this.name = 'MusterError';
    this.code = code;
    this.detail = options.detail;
    this.field = options.field;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** A 400 that names the field at fault and what was expected there. */
export function invalidRequest(field: string, expected: string): MusterError {
  return new MusterError(400, { field, detail: `${field}: ${expected}` });
}

/** The `Error` in whatever was thrown, so that logs always have a message and a stack. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
