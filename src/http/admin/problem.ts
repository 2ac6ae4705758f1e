import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifySchemaValidationError } from 'fastify/types/schema.js';
import { MusterError } from '../../base/index.ts';
import { SettingsError } from '../../messages/index.ts';
import { SegmentFilterError } from '../../segments/index.ts';
import { DefinitionError } from '../../workflow/index.ts';
import { clientFault } from '../faults.ts';
import type { Problem } from './contract.ts';

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Token required',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Body too large',
  415: 'Content type not understood',
  429: 'Too many requests',
  500: 'Internal error',
};

interface FieldFault {
  readonly path: string;
  readonly message: string;
  /** Where in the text of a template. */
  readonly line?: number;
  readonly column?: number;
}

/** A refusal with an HTTP status that the dialect of /api/v1.1 has no code for. */
export class HttpProblem extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.name = 'HttpProblem';
    this.status = status;
  }
}

/** `/nodes/0/name` as `nodes[0].name`. */
function dotted(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => {
      if (/^\d+$/.test(part)) return `${path}[${part}]`;
      return path === '' ? part : `${path}.${part}`;
    }, '');
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** One fault of a schema as faults of keys: one that lacks or has too many keys counts for each of them. */
function toFieldFaults(error: FastifySchemaValidationError): FieldFault[] {
  const { keyword, params, message = 'is not as expected' } = error;
  const path = dotted(error.instancePath);
  const below = (key: string): string => (path === '' ? key : `${path}.${key}`);
  // Nothing but the body can be no object: without one it is not there at all.
  if (path === '' && keyword === 'type') return [{ path, message: 'body: expected a JSON object' }];
  if (keyword === 'required') {
    return texts(params['requiredProperties']).map((key) => ({ path: below(key), message: 'is missing' }));
  }
  if (keyword === 'additionalProperties') {
    return texts(params['additionalProperties']).map((key) => ({ path: below(key), message: 'is unknown' }));
  }
  if (keyword === 'enum') {
    return [{ path, message: `expected one of ${texts(params['allowedValues']).join(', ')}` }];
  }
  // What the schema of a closed object says about a key that it has just been told is unknown.
  if (keyword === 'boolean') return [];
  return [{ path, message }];
}

/** What Fastify throws where a schema does not fit. */
function isValidationError(
  thrown: unknown,
): thrown is Error & { validation: FastifySchemaValidationError[] } {
  return thrown instanceof Error && 'validation' in thrown && Array.isArray(thrown.validation);
}

function detailOf(errors: readonly FieldFault[]): string {
  return errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
}

/** Status, detail and faults of what was thrown; undefined = a fault of ours. */
export function describeProblem(
  thrown: unknown,
): { status: number; detail?: string | undefined; errors?: readonly FieldFault[] } | undefined {
  if (isValidationError(thrown)) {
    const errors = thrown.validation.flatMap(toFieldFaults);
    return { status: 400, detail: detailOf(errors), errors };
  }
  if (
    thrown instanceof DefinitionError ||
    thrown instanceof SegmentFilterError ||
    thrown instanceof SettingsError
  ) {
    return { status: 400, detail: thrown.detail, errors: thrown.faults };
  }
  if (thrown instanceof MusterError) {
    const { code, detail, field } = thrown;
    if (field === undefined || detail === undefined) return { status: code, detail };
    const message = detail.startsWith(`${field}: `) ? detail.slice(field.length + 2) : detail;
    return { status: code, detail, errors: [{ path: field, message }] };
  }
  if (thrown instanceof HttpProblem) return { status: thrown.status, detail: thrown.message };
  const fault = clientFault(thrown);
  return fault && { status: fault.status, detail: fault.message };
}

function toEntry({ path, message, line, column }: FieldFault): FieldFault {
  return line === undefined || column === undefined ? { path, message } : { path, message, line, column };
}

/** Sends `application/problem+json` (RFC 9457); `instance` is the id of the request. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  found: { status: number; detail?: string | undefined; errors?: readonly FieldFault[] },
): FastifyReply {
  const { status, detail, errors } = found;
  const body: Problem = {
    type: 'about:blank',
    title: titles[status] ?? 'Refused',
    status,
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors: errors.map(toEntry) }),
    instance: request.id,
  };
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  return reply.code(status).type('application/problem+json').send(JSON.stringify(body));
}
