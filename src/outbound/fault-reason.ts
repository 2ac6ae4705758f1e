import { isIP } from 'node:net';
import { errors } from 'undici';

interface Clues {
  readonly code: string;
  /** `address:port` of those that were tried, as far as the system says. */
  readonly endpoints: string;
}

function endpointOf(error: unknown): string | undefined {
  if (!(error instanceof Error && 'address' in error && 'port' in error)) return undefined;
  const { address, port } = error;
  if (typeof address !== 'string' || typeof port !== 'number') return undefined;
  return isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Node gathers the errors of several tried addresses into one, which has a code but no address. */
function cluesOf(error: Error, host: string): Clues {
  const tried = error instanceof AggregateError ? error.errors : [error];
  const endpoints = tried.map(endpointOf).filter((endpoint) => endpoint !== undefined);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return { code, endpoints: endpoints.length === 0 ? host : endpoints.join(', ') };
}

/** "10 s", "50 ms", "1.5 s". */
export function spell(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}

/**
 * A network error as a sentence for an operator. Only its code and address are used: messages of libraries may repeat
 * what was sent. `host` is the URL's host with its port.
 */
export function faultReason(error: Error, host: string, hostname: string): string {
  const { code, endpoints } = cluesOf(error, host);
  switch (code) {
    case 'ENOTFOUND':
      return `the name ${hostname} does not resolve`;
    case 'EAI_AGAIN':
      return `the name ${hostname} does not resolve now: the name server does not answer`;
    case 'ECONNREFUSED':
      return `connection refused by ${endpoints}`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return `no route to ${endpoints}`;
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return `no connection to ${endpoints}: the time-out of the network`;
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return `${host} closed the connection before the answer was complete`;
    case 'EMFILE':
    case 'ENFILE':
      return 'this machine has no file descriptor left for another connection';
    case 'UND_ERR_HEADERS_OVERFLOW':
      return `the answer of ${host} has more headers than are read`;
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      return `the answer of ${host} is not as long as it says`;
  }
  if (error instanceof errors.HTTPParserError) return `the answer of ${host} is not HTTP`;
  if (/CERT|^ERR_TLS_|^ERR_SSL_|^UNABLE_TO_|^EPROTO$/.test(code)) {
    return `no secure connection to ${host} (${code})`;
  }
  return `the request to ${host} failed${code === '' ? '' : ` (${code})`}`;
}
