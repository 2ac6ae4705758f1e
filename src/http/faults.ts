import { isObject } from '../base/index.ts';

/**
 * The status and text of a fault that Fastify found in a request (4xx), such as a content type that is none; undefined
 * for anything else. The text is Fastify's own and repeats at most headers and path.
 */
export function clientFault(thrown: unknown): { status: number; message: string } | undefined {
  if (!(thrown instanceof Error) || !isObject(thrown)) return undefined;
  const status = thrown['statusCode'];
  if (typeof status !== 'number' || status < 400 || status >= 500) return undefined;
  return { status, message: thrown.message };
}
