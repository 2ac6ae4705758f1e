import type { FastifyRequest } from 'fastify';

/** What programs call themselves that follow links to preview or check them; CUBOT makes telephones. */
const MACHINES =
  /(?<!cu)bot\b|crawl|spider|slurp|preview|facebookexternalhit|whatsapp\/|skypeuripreview|barracuda|mimecast|proofpoint|safelinks|urlscan|headlesschrome|curl\/|wget\/|python-requests|go-http-client/i;

function headerOf(request: FastifyRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value.toLowerCase() : '';
}

/**
 * Whether a request says of itself that no person is behind it: HEAD, a browser's prefetch, a known checker of links.
 * Many checkers call themselves browsers; nothing here finds those.
 */
export function isMachine(request: FastifyRequest): boolean {
  if (request.method === 'HEAD') return true;
  const purposes = ['purpose', 'sec-purpose', 'x-purpose', 'x-moz'].map((name) => headerOf(request, name));
  if (purposes.some((purpose) => /prefetch|preview|prerender/.test(purpose))) return true;
  return MACHINES.test(headerOf(request, 'user-agent'));
}
