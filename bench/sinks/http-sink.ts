import { once } from 'node:events';
import { createServer } from 'node:http';
import { ArrivalCounter } from './sink-protocol.ts';

/** A target of calls and hooks that counts bodies and answers at once, 500 under `/down`. A process of its own. */

const ANSWER = Buffer.from('{"ok":true}');

const server = createServer((request, response) => {
  let bytes = 0;
  request.on('data', (piece: Buffer) => {
    bytes += piece.length;
  });
  request.on('end', () => {
    const status = request.url === '/down' ? 500 : 200;
    response
      .writeHead(status, { 'content-type': 'application/json', 'content-length': ANSWER.length })
      .end(ANSWER);
    counter.add(bytes);
  });
});
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const counter = new ArrivalCounter(typeof address === 'object' && address !== null ? address.port : 0);
