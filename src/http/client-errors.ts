import type { Socket } from 'node:net';

const answers: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
};

/**
 * Ends a connection on which no request can be understood, or none comes to its end in time. A request that is a stream
 * may take longer than others, so its time running out is passed over: Node reports it once.
 */
export function endBrokenConnection(
  fault: { readonly code?: string },
  socket: Socket,
  mayTakeLonger: (socket: Socket) => boolean,
): void {
  if (fault.code === 'ERR_HTTP_REQUEST_TIMEOUT' && mayTakeLonger(socket)) return;
  if (socket.writable && fault.code !== 'ECONNRESET') {
    const body = '{"error":400,"error_text":"Invalid request"}';
    const status = answers[fault.code ?? ''] ?? '400 Bad Request';
    const type = 'Content-Type: application/json\r\nConnection: close';
    socket.write(`HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\n${type}\r\n\r\n${body}`);
  }
  socket.destroy();
}
