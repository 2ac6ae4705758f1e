/** Why the embedded server cannot serve, in words for the operator: shown without a stack. */
export class EmbeddedError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'EmbeddedError';
  }
}
