import { stat } from 'node:fs/promises';
import { EmbeddedError } from './embedded-error.ts';
import { type Account, runProgram } from './run-program.ts';

/** Which accounts a PostgreSQL of root's runs as, best first. */
const ACCOUNT_NAMES = ['muster', 'postgres'] as const;

export function runsAsRoot(): boolean {
  return process.getuid?.() === 0;
}

async function findAccount(name: string): Promise<Account | undefined> {
  const [user, group] = await Promise.all([runProgram('id', ['-u', name]), runProgram('id', ['-g', name])]);
  if (!user.ok || !group.ok || user.output === '0') return undefined;
  return { uid: Number(user.output), gid: Number(group.output), name };
}

/** useradd, or adduser as busybox has it. Neither makes a home folder nor lets anyone log in. */
async function createAccount(): Promise<void> {
  const made = await runProgram('useradd', ['--system', '--no-create-home', '--user-group', 'muster']);
  if (!made.ok) await runProgram('adduser', ['-S', '-D', '-H', 'muster']);
}

/**
 * The account for a PostgreSQL that root starts, since PostgreSQL refuses to run as root.
 * @param owner of the cluster there is, whose account is kept.
 * @throws {EmbeddedError} when there is none and none can be made.
 */
export async function chooseAccount(owner: { uid: number; gid: number } | undefined): Promise<Account> {
  if (owner !== undefined && owner.uid !== 0) return { ...owner, name: `uid ${owner.uid}` };
  for (const name of ACCOUNT_NAMES) {
    const account = await findAccount(name);
    if (account !== undefined) return account;
  }
  await createAccount();
  const made = await findAccount('muster');
  if (made !== undefined) return made;
  throw new EmbeddedError(
    'PostgreSQL refuses to run as root, and a system account for it could not be made; create a user named muster, ' +
      'start Muster as an ordinary user, or set DATABASE_URL',
  );
}

/** Asks the system itself, so that access lists and mount options count too. */
export async function canEnter(account: Account, folder: string): Promise<boolean> {
  return (await runProgram('sh', ['-c', 'cd "$1"', 'sh', folder], { account })).ok;
}

/** The owner of a file or folder, symbolic links followed; undefined when there is none. */
export async function ownerOf(path: string): Promise<{ uid: number; gid: number } | undefined> {
  return await stat(path).then(
    ({ uid, gid }) => ({ uid, gid }),
    () => undefined,
  );
}
