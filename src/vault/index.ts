/** Level 2: secrets at rest, and marks of links that only this server can make. */
export { checkVault, openVault } from './open-vault.ts';
export { createVault, type Vault } from './vault.ts';
export { VaultError } from './vault-error.ts';
