import type { ImportedRow } from './import-rows.ts';

/** The rows of one request, each with the first row before it that hit the same profile, whatever parts they came in. */
export function markDuplicates(rows: readonly ImportedRow[]): ImportedRow[] {
  const first = new Map<string, number>();
  return rows.map((row, index) => {
    if (!row.ok) return row;
    const duplicateOf = first.get(row.profileId) ?? null;
    if (duplicateOf === null) first.set(row.profileId, index);
    return { ...row, duplicateOf };
  });
}
