/** A JSON object. */
export type JsonRecord = Record<string, unknown>;

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object that a text is, or why it is none. */
export function parseRecord(text: string): { value: JsonRecord } | { fault: string | null } {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? { value } : { fault: null };
  } catch (thrown) {
    return { fault: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}
