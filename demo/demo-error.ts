/** Why the demo cannot go on, in one sentence for whoever started it: shown without a stack. */
export class DemoError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'DemoError';
  }
}
