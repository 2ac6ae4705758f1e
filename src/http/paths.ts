/** The path of an address as routes are written: no query, single slashes, none at the end. */
export function normalPath(url: string): string {
  const path = /^[^?#]*/.exec(url)?.[0] ?? '';
  return path.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '');
}

/** The parameters of an address but the token, sorted, so that their order says nothing. */
export function queryWithoutToken(url: string): string {
  const start = url.indexOf('?');
  const parameters = new URLSearchParams(start === -1 ? '' : url.slice(start));
  parameters.delete('token');
  parameters.sort();
  return parameters.toString();
}
