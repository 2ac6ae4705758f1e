/** Why one item was not imported: a code of the closed list, a sentence that names the field, the field. */
export interface RowError {
  readonly code: 400 | 404 | 409 | 500;
  readonly text: string;
  readonly field?: string;
  /** A 409 because another profile has a value that no two may share; without it, because several match. */
  readonly isDuplicate?: true;
}

/** A 400 whose text names the field first. */
export function rowError(field: string, message: string): RowError {
  return { code: 400, text: `${field}: ${message}`, field };
}
