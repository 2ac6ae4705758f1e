import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createNetServer, type Socket, type Server as TcpServer } from 'node:net';

/** A target on the loopback address that counts its connections. */
export interface TargetServer {
  readonly url: string;
  readonly port: number;
  readonly server: Server | TcpServer;
  /** Every connection that was ever opened. */
  readonly sockets: Socket[];
  stop(): Promise<void>;
}

async function serve(server: Server | TcpServer): Promise<TargetServer> {
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => {
    sockets.push(socket);
    // A client that hangs up is what half of these tests are about.
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    server,
    sockets,
    stop: async () => {
      if (!server.listening) return;
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

export function serveHttp(listener: RequestListener): Promise<TargetServer> {
  return serve(createServer(listener));
}

export function serveTcp(listener: (socket: Socket) => void): Promise<TargetServer> {
  return serve(createNetServer(listener));
}

export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
