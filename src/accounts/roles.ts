import { type Right, rights, type Token } from './rights.ts';

/** From the one who may most: an owner does all, an editor changes but the accounts, a viewer looks. */
export const roles = ['owner', 'editor', 'viewer'] as const;
export type Role = (typeof roles)[number];

/** Who makes a request: a program with a token, or a person with a session. */
export interface Principal {
  readonly kind: 'token' | 'user';
  /** Of the token or the user: two numberings. */
  readonly id: number;
  readonly name: string;
  readonly role: Role;
  /** What it may do besides /api/admin. */
  readonly rights: readonly Right[];
  /** The databases that it may touch; null = every one. */
  readonly databaseIds: readonly number[] | null;
}

/** Whether the role may do what needs `needed`. */
export function reaches(role: Role, needed: Role): boolean {
  return roles.indexOf(role) <= roles.indexOf(needed);
}

/** The role among stored texts. @throws {Error} for one that this version does not know. */
export function roleOf(text: string): Role {
  const role = roles.find((known) => known === text);
  if (role === undefined) throw new Error(`the role ${text} is unknown`);
  return role;
}

const rightsOf: Readonly<Record<Role, readonly Right[]>> = {
  owner: rights,
  editor: ['import', 'read'],
  viewer: ['read'],
};

/** People see every database. */
export function principalOfUser(user: {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
}): Principal {
  const { id, name, role } = user;
  return { kind: 'user', id, name, role, rights: rightsOf[role], databaseIds: null };
}

/** A token with the right `admin` is an owner, in its databases; any other one is at most an editor. */
export function principalOfToken({ id, name, rights: own, databaseIds }: Token): Principal {
  let role: Role = 'viewer';
  if (own.includes('admin')) role = 'owner';
  else if (own.includes('import')) role = 'editor';
  return { kind: 'token', id, name, role, rights: own, databaseIds };
}

/** The id by which tasks and files know the token that brought them; null for a person. */
export function tokenIdOf({ kind, id }: Principal): number | null {
  return kind === 'token' ? id : null;
}
