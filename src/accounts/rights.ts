export const rights = ['import', 'read', 'admin'] as const;
/** `import` changes profiles and starts workflows, `read` looks, `admin` sets up and includes the others. */
export type Right = (typeof rights)[number];

export interface Token {
  readonly id: number;
  readonly name: string;
  readonly rights: readonly Right[];
  /** The databases that the token may touch; null = every one, also those made later. */
  readonly databaseIds: readonly number[] | null;
}

/** Whether the token has the right, and where a database is named, has it there. */
export function mayUse(
  token: Pick<Token, 'rights' | 'databaseIds'>,
  right: Right,
  databaseId?: number,
): boolean {
  if (!token.rights.includes(right) && !token.rights.includes('admin')) return false;
  return databaseId === undefined || token.databaseIds === null || token.databaseIds.includes(databaseId);
}

/** The rights among stored texts; one that this version does not know gives nothing. */
export function knownRights(texts: readonly string[]): Right[] {
  return rights.filter((right) => texts.includes(right));
}
