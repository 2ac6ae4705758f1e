import { MusterError } from '../base/index.ts';
import { type Db, withTx } from '../db/index.ts';
import { deleteSessions } from './sql/delete-sessions.ts';
import { deleteUserRow } from './sql/delete-user-row.ts';
import { hasUsers } from './sql/has-users.ts';
import { insertUser, type NewUser } from './sql/insert-user.ts';
import { lockOwners } from './sql/lock-owners.ts';
import { lockUserTable } from './sql/lock-user-table.ts';
import { selectUser } from './sql/select-user.ts';
import type { User } from './sql/select-users.ts';
import { type UserChange, updateUser } from './sql/update-user.ts';

export type { UserChange };

/** @throws {MusterError} 409 when the e-mail is taken. */
export async function createUser(db: Db, user: NewUser): Promise<User> {
  const made = await insertUser(db, user);
  if (made !== undefined) return made;
  throw new MusterError(409, { field: 'email', detail: 'email: another user has this e-mail' });
}

/** Makes the first user, an owner; undefined when there is a user already, also one made at the same moment. */
export async function createFirstOwner(db: Db, user: Omit<NewUser, 'role'>): Promise<User | undefined> {
  return withTx(db, async (tx) => {
    // Of two that come together the second waits here, and then sees the user of the first.
    await lockUserTable(tx);
    return (await hasUsers(tx)) ? undefined : await insertUser(tx, { ...user, role: 'owner' });
  });
}

/** Runs in the transaction of the change. @throws {MusterError} 409 when nobody but that user is an active owner. */
async function requireOtherOwner(tx: Db, id: number): Promise<void> {
  const owners = await lockOwners(tx);
  if (owners.some((owner) => owner !== id) || !owners.includes(id)) return;
  throw new MusterError(409, { detail: 'this is the last active owner; make another one first' });
}

/**
 * Changes a user. Its sessions end with a new password, another role, or when it is disabled.
 * @param keep the session, by its hash, that goes on after a new password: that of the one who changes it.
 * @returns undefined when there is no such user.
 * @throws {MusterError} 409 when it would leave no active owner.
 */
export async function changeUser(
  db: Db,
  id: number,
  change: UserChange,
  { now, keep = null }: { now: Date; keep?: Buffer | null },
): Promise<User | undefined> {
  return withTx(db, async (tx) => {
    if ((change.role !== undefined && change.role !== 'owner') || change.disabled === true) {
      await requireOtherOwner(tx, id);
    }
    const before = await selectUser(tx, id, true);
    if (before === undefined) return undefined;
    const isOther = change.role !== undefined && change.role !== before.role;
    if (isOther || change.disabled === true) await deleteSessions(tx, id, null);
    else if (change.passwordHash !== undefined) await deleteSessions(tx, id, keep);
    return updateUser(tx, id, change, now);
  });
}

/**
 * Deletes a user with its sessions; what it did stays in the audit.
 * @returns whether there was one.
 * @throws {MusterError} 409 for the last active owner.
 */
export async function deleteUser(db: Db, id: number): Promise<boolean> {
  return withTx(db, async (tx) => {
    await requireOtherOwner(tx, id);
    return deleteUserRow(tx, id);
  });
}
