import type { Db } from '../db/index.ts';
import { readOrMakeKey } from './key-file.ts';
import { keepFingerprint } from './sql/keep-fingerprint.ts';
import { createVault, type Vault } from './vault.ts';
import { VaultError } from './vault-error.ts';

/**
 * The vault with the operator's key, or with that of the file, which is made at the first start.
 * @throws {VaultError} when the file cannot be used.
 */
export async function openVault(from: { key: Buffer | undefined; keyFile: string }): Promise<Vault> {
  return createVault(from.key ?? (await readOrMakeKey(from.keyFile)));
}

/**
 * Makes sure that the vault has the key of the database, which is that of the first vault that was checked against it.
 * @throws {VaultError} when it has another one: what is stored in secret could not be opened.
 */
export async function checkVault(db: Db, vault: Vault, now: Date): Promise<void> {
  const stored = await keepFingerprint(db, vault.fingerprint, now);
  if (stored === vault.fingerprint) return;
  throw new VaultError(
    `the secrets in the database are sealed by another key (fingerprint ${stored}, not ${vault.fingerprint}); set MUSTER_SECRET_KEY to that key, or bring its file secret.key back into MUSTER_DATA_DIR`,
  );
}
