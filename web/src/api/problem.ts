import type { Problem } from '../../../src/http/admin/contract.ts';

/** An answer of the server that is not good, or none: status 0. */
export class ApiProblem extends Error {
  readonly status: number;
  /** What is wrong with which key of the body; paths as `nodes.0.name`. */
  readonly faults: readonly { readonly path: string; readonly message: string }[];
  /** The id under which the server's log tells of the request. */
  readonly requestId: string | undefined;
  /** Seconds to wait before the next try, where the server says so. */
  readonly retryAfter: number | undefined;

  constructor(
    status: number,
    detail: string,
    more: Partial<Pick<ApiProblem, 'faults' | 'requestId' | 'retryAfter'>> = {},
  ) {
    super(detail);
    this.name = 'ApiProblem';
    this.status = status;
    this.faults = more.faults ?? [];
    this.requestId = more.requestId;
    this.retryAfter = more.retryAfter;
  }
}

/** `nodes[0].name` as forms write it, `nodes.0.name`. */
function toFormPath(path: string): string {
  return path.replaceAll(/\[(\d+)\]/g, '.$1');
}

/** The problem in a body of `application/problem+json`, or in what a proxy answers in its place. */
export function readProblem(status: number, text: string, retryAfter: string | null): ApiProblem {
  const seconds = retryAfter === null ? Number.NaN : Number(retryAfter);
  const more = { retryAfter: Number.isFinite(seconds) ? seconds : undefined };
  let body: Problem;
  try {
    body = JSON.parse(text);
  } catch {
    return new ApiProblem(status, text.slice(0, 200) || `HTTP ${status}`, more);
  }
  return new ApiProblem(status, body.detail ?? body.title ?? `HTTP ${status}`, {
    ...more,
    faults: (body.errors ?? []).map(({ path, message }) => ({ path: toFormPath(path), message })),
    requestId: body.instance,
  });
}

/** What was thrown, as a problem. */
export function toProblem(thrown: unknown): ApiProblem {
  if (thrown instanceof ApiProblem) return thrown;
  return new ApiProblem(0, thrown instanceof Error ? thrown.message : String(thrown));
}
