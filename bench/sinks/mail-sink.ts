import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';
import { ArrivalCounter } from './sink-protocol.ts';

/** A mail server that counts messages and keeps none. A process of its own. */

const server = new SMTPServer({
  hideSTARTTLS: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  authOptional: true,
  disableReverseLookup: true,
  logger: false,
  onData: (stream, _session, done) => {
    let bytes = 0;
    stream.on('data', (piece: Buffer) => {
      bytes += piece.length;
    });
    stream.on('end', () => {
      done(null, 'OK: queued');
      counter.add(bytes);
    });
  },
});
// A client that breaks off; what it means is seen by the count.
server.on('error', () => {});
const listener = server.listen(0, '127.0.0.1');
await once(listener, 'listening');
const address = listener.address();
const counter = new ArrivalCounter(typeof address === 'object' && address !== null ? address.port : 0);
