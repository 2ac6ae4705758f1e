import { isIP } from 'node:net';
import { type FailPoint, failPoints, type LogLevel, parseSecretKey } from '../base/index.ts';
import { type Variable, type VariableName, variables } from './variables.ts';

/** What a process is started with; frozen. Units are in the names. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** Absent = the embedded server under `dataDir`. */
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  /** Absent = kept in a file under `dataDir`. */
  readonly secretKey: Buffer | undefined;
  readonly token: string | undefined;
  readonly role: 'all' | 'api' | 'worker';
  readonly allowPrivateTargets: boolean;
  readonly publicUrl: string | undefined;
  readonly mirrorHttpStatus: boolean;
  readonly bodyLimitBytes: number;
  readonly bodiesAtOnceBytes: number;
  readonly uploadLimitBytes: number;
  readonly maxItems: number;
  readonly maxWaitingRows: number;
  readonly repeatWindowSeconds: number;
  readonly taskRetentionDays: number;
  readonly eventRetentionDays: number;
  readonly auditRetentionDays: number;
  /** As Fastify's `trustProxy` takes it; absent = no proxy is believed. */
  readonly trustedProxies: string | undefined;
  readonly dbConnections: number;
  readonly importConcurrency: number;
  readonly engineConcurrency: number;
  readonly leaseSeconds: number;
  /** Absent = the city database that npm has installed. */
  readonly geoFile: string | undefined;
  readonly logLevel: LogLevel;
  readonly failPoint: { readonly point: FailPoint; readonly nth: number } | undefined;
  /** All of it in words, for those who look after the process. */
  readonly variables: readonly VariableView[];
}

/** A variable with what it is in this process, for those who look after it. */
export interface VariableView {
  readonly name: string;
  /** Null = it is a secret, or nothing. */
  readonly value: string | null;
  readonly isSet: boolean;
  readonly help: string;
}

/** Their values are shown to nobody. A database's address holds its password. */
const SECRETS = new Set<VariableName>(['DATABASE_URL', 'MUSTER_SECRET_KEY', 'MUSTER_TOKEN']);

/** Every variable as the process has it, secrets left out. */
function describeVariables(environment: Readonly<Record<string, string | undefined>>): VariableView[] {
  return variables.map(({ name, fallback, help }) => {
    const given = environment[name]?.trim() || undefined;
    const value = SECRETS.has(name) ? null : (given ?? fallback ?? null);
    return { name, value, isSet: given !== undefined, help };
  });
}

/** All faults of the environment at once, one line each, so that an operator mends them in one go. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`the environment is not usable:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** What may be 0; every other count is at least 1. */
const MAY_BE_ZERO = new Set<VariableName>(['MUSTER_REPEAT_WINDOW_SECONDS']);

function faultOf(variable: Variable, name: VariableName, value: string): string | undefined {
  const { kind } = variable;
  if (kind === 'text') return undefined;
  if (kind === 'switch') return value === '0' || value === '1' ? undefined : 'expected 0 or 1';
  if (kind === 'port') {
    return /^\d{1,5}$/.test(value) && Number(value) < 65_536 ? undefined : 'expected a port, 0 to 65535';
  }
  if (kind === 'count') {
    const least = MAY_BE_ZERO.has(name) ? 0 : 1;
    const count = Number(value);
    if (/^\d+$/.test(value) && count >= least && Number.isSafeInteger(count)) return undefined;
    return `expected a whole number of at least ${least}`;
  }
  return kind.includes(value) ? undefined : `expected one of ${kind.join(', ')}`;
}

function isProxy(part: string): boolean {
  const [address = '', bits, ...rest] = part.trim().split('/');
  const family = isIP(address);
  if (family === 0) return part.trim() === 'loopback';
  const most = family === 4 ? 32 : 128;
  return rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
}

function parseFailPoint(value: string): Config['failPoint'] {
  const [name, nth = '1'] = value.split(':');
  const point = failPoints.find((known) => known === name);
  return point === undefined || !/^[1-9]\d*$/.test(nth) ? undefined : { point, nth: Number(nth) };
}

function oneOf<const T extends string>(value: string, choices: readonly T[], fallback: T): T {
  return choices.find((choice) => choice === value) ?? fallback;
}

/**
 * Reads and checks the environment.
 * @throws {ConfigError} with every fault, each naming its variable and what was expected.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const faults: string[] = [];
  const values = new Map<VariableName, string>();
  for (const variable of variables) {
    const value = environment[variable.name]?.trim() || variable.fallback;
    if (value === undefined) continue;
    const fault = faultOf(variable, variable.name, value);
    // The value itself is not repeated: it may be a secret that stands in the wrong variable.
    if (fault !== undefined) faults.push(`${variable.name}: ${fault}`);
    values.set(variable.name, value);
  }
  const text = (name: VariableName): string => values.get(name) ?? '';
  const count = (name: VariableName): number => Number(values.get(name));
  const token = values.get('MUSTER_TOKEN');
  if (token !== undefined && token.length < 16) faults.push('MUSTER_TOKEN: expected 16 characters or more');
  const secretKey = parseSecretKey(text('MUSTER_SECRET_KEY'));
  if (values.has('MUSTER_SECRET_KEY') && secretKey === undefined) {
    faults.push('MUSTER_SECRET_KEY: expected 32 bytes as 64 hexadecimal digits or base64');
  }
  const failPoint = parseFailPoint(text('MUSTER_FAIL_POINT'));
  if (values.has('MUSTER_FAIL_POINT') && failPoint === undefined) {
    faults.push(
      `MUSTER_FAIL_POINT: expected one of ${failPoints.join(', ')}, and :nth if not the first time`,
    );
  }
  const trustedProxies = values.get('MUSTER_TRUSTED_PROXIES');
  if (trustedProxies !== undefined && !trustedProxies.split(',').every(isProxy)) {
    faults.push('MUSTER_TRUSTED_PROXIES: expected addresses, networks such as 10.0.0.0/8, or loopback');
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.freeze({
    port: count('PORT'),
    host: text('HOST'),
    databaseUrl: values.get('DATABASE_URL'),
    dataDir: text('MUSTER_DATA_DIR'),
    secretKey,
    token,
    role: oneOf(text('MUSTER_ROLE'), ['all', 'api', 'worker'], 'all'),
    allowPrivateTargets: text('MUSTER_ALLOW_PRIVATE_TARGETS') === '1',
    publicUrl: values.get('MUSTER_PUBLIC_URL'),
    mirrorHttpStatus: text('MUSTER_HTTP_STATUS') === 'mirror',
    bodyLimitBytes: count('MUSTER_BODY_LIMIT_BYTES'),
    bodiesAtOnceBytes: count('MUSTER_BODIES_AT_ONCE_BYTES'),
    uploadLimitBytes: count('MUSTER_UPLOAD_LIMIT_BYTES'),
    maxItems: count('MUSTER_MAX_ITEMS'),
    maxWaitingRows: count('MUSTER_MAX_WAITING_ROWS'),
    repeatWindowSeconds: count('MUSTER_REPEAT_WINDOW_SECONDS'),
    taskRetentionDays: count('MUSTER_TASK_RETENTION_DAYS'),
    eventRetentionDays: count('MUSTER_EVENT_RETENTION_DAYS'),
    auditRetentionDays: count('MUSTER_AUDIT_RETENTION_DAYS'),
    trustedProxies,
    dbConnections: count('MUSTER_DB_CONNECTIONS'),
    importConcurrency: count('MUSTER_IMPORT_CONCURRENCY'),
    engineConcurrency: count('MUSTER_ENGINE_CONCURRENCY'),
    leaseSeconds: count('MUSTER_LEASE_SECONDS'),
    geoFile: values.get('MUSTER_GEO_FILE'),
    logLevel: oneOf(text('MUSTER_LOG_LEVEL'), ['debug', 'info', 'warn', 'error', 'silent'], 'info'),
    failPoint,
    variables: describeVariables(environment),
  });
}
