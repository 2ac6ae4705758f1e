/** A value of a field as people read it. */
export function printValue(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map(printValue).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
