import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** Stands before the server and may answer in its place, before or after the server has. */
export async function startProxy(
  target: string,
  onImport: (
    nth: number,
  ) => 'pass' | 'cut' | { status: number; body: string; headers: Record<string, string> },
): Promise<{ url: string; requestIds: string[]; close(): void }> {
  const requestIds: string[] = [];
  const forward = async (request: IncomingMessage, body: Buffer) =>
    fetch(target + request.url, {
      method: 'POST',
      headers: {
        authorization: String(request.headers.authorization),
        'content-type': 'application/json',
        'request-id': String(request.headers['request-id']),
      },
      body: new Uint8Array(body),
    });
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const isImport = request.url?.endsWith('import_and_start_batch_task') ?? false;
    if (isImport) requestIds.push(String(request.headers['request-id']));
    const what = isImport ? onImport(requestIds.length) : 'pass';
    if (typeof what === 'object') {
      response.writeHead(what.status, what.headers).end(what.body);
      return;
    }
    const answer = await forward(request, body);
    const text = await answer.text();
    if (what === 'cut') request.socket.destroy();
    else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return {
    url: `http://127.0.0.1:${address.port}`,
    requestIds,
    close: () => void server.close().closeAllConnections(),
  };
}
