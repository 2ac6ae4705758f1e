/** A PostgreSQL server of Muster's own, from npm, for those who bring none. */
export { connectEmbedded } from './connect-embedded.ts';
export { EmbeddedError } from './embedded-error.ts';
export { type EmbeddedOptions, type EmbeddedServer, startEmbedded } from './start-embedded.ts';
