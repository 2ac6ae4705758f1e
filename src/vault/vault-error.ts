/** Why the server cannot start with the key that it was given, in a sentence for the operator that says what to do. */
export class VaultError extends Error {
  constructor(message: string, options?: { cause: unknown }) {
    super(message, options);
    this.name = 'VaultError';
  }
}
