/** Every environment variable that Muster reads: `docs/operations.md` prints this table, and a test compares them. */
export interface Variable {
  readonly name: string;
  readonly fallback: string | undefined;
  readonly kind: 'text' | 'port' | 'count' | 'switch' | readonly string[];
  readonly help: string;
}

export const variables = [
  { name: 'PORT', fallback: '8080', kind: 'port', help: 'port to listen on; 0 takes a free one' },
  { name: 'HOST', fallback: '127.0.0.1', kind: 'text', help: 'address to listen on' },
  {
    name: 'DATABASE_URL',
    fallback: undefined,
    kind: 'text',
    help: 'PostgreSQL 15 or newer; absent = the embedded server under MUSTER_DATA_DIR',
  },
  {
    name: 'MUSTER_DATA_DIR',
    fallback: './data',
    kind: 'text',
    help: 'folder of the embedded server and of secret.key',
  },
  {
    name: 'MUSTER_SECRET_KEY',
    fallback: undefined,
    kind: 'text',
    help: 'the key of stored passwords and of links in messages, 32 bytes as 64 hexadecimal digits or base64; absent = the file secret.key under MUSTER_DATA_DIR, made at the first start',
  },
  {
    name: 'MUSTER_TOKEN',
    fallback: undefined,
    kind: 'text',
    help: 'a full-rights token to make sure of at start, 16 characters or more; absent = one is made at the first start and printed once',
  },
  {
    name: 'MUSTER_ROLE',
    fallback: 'all',
    kind: ['all', 'api', 'worker'],
    help: 'what this process does: answer requests, work on rows, or both',
  },
  {
    name: 'MUSTER_ALLOW_PRIVATE_TARGETS',
    fallback: '0',
    kind: 'switch',
    help: '1 lets API calls reach loopback and private addresses',
  },
  {
    name: 'MUSTER_PUBLIC_URL',
    fallback: undefined,
    kind: 'text',
    help: 'the address under which callers reach this server, for links; absent = HOST and PORT',
  },
  {
    name: 'MUSTER_HTTP_STATUS',
    fallback: 'ok',
    kind: ['ok', 'mirror'],
    help: 'ok: application errors of /api/v1.1 answer 200; mirror: the HTTP status follows `error`',
  },
  { name: 'MUSTER_BODY_LIMIT_BYTES', fallback: '10485760', kind: 'count', help: 'largest request body' },
  {
    name: 'MUSTER_BODIES_AT_ONCE_BYTES',
    fallback: '12582912',
    kind: 'count',
    help: 'request bodies above 256 KB that are read and carried out at once, all together; further ones wait',
  },
  {
    name: 'MUSTER_UPLOAD_LIMIT_BYTES',
    fallback: '104857600',
    kind: 'count',
    help: 'largest request body of file_upload',
  },
  { name: 'MUSTER_MAX_ITEMS', fallback: '100000', kind: 'count', help: 'most profiles in one request' },
  {
    name: 'MUSTER_MAX_WAITING_ROWS',
    fallback: '5000000',
    kind: 'count',
    help: 'rows that wait to be imported, of all tasks, above which new tasks are refused with 429',
  },
  {
    name: 'MUSTER_REPEAT_WINDOW_SECONDS',
    fallback: '86400',
    kind: 'count',
    help: 'how long a repeated request is recognised; 0 recognises only those with a Request-ID, for a day',
  },
  {
    name: 'MUSTER_TASK_RETENTION_DAYS',
    fallback: '30',
    kind: 'count',
    help: 'how long finished tasks with their rows and results are kept',
  },
  {
    name: 'MUSTER_EVENT_RETENTION_DAYS',
    fallback: '30',
    kind: 'count',
    help: 'how long events are kept for `GET /api/events` and for hooks that are behind, and parked deliveries',
  },
  {
    name: 'MUSTER_AUDIT_RETENTION_DAYS',
    fallback: '365',
    kind: 'count',
    help: 'how long it is kept who has changed what, for `GET /api/admin/audit`',
  },
  {
    name: 'MUSTER_TRUSTED_PROXIES',
    fallback: undefined,
    kind: 'text',
    help: 'addresses or networks of proxies before this server, joined by commas, or loopback; what they say of client, host and https is believed',
  },
  {
    name: 'MUSTER_DB_CONNECTIONS',
    fallback: '12',
    kind: 'count',
    help: 'connections to PostgreSQL that this process may open',
  },
  {
    name: 'MUSTER_IMPORT_CONCURRENCY',
    fallback: '2',
    kind: 'count',
    help: 'lanes that are imported side by side',
  },
  {
    name: 'MUSTER_ENGINE_CONCURRENCY',
    fallback: '2',
    kind: 'count',
    help: 'batches of runs that walk side by side',
  },
  {
    name: 'MUSTER_LEASE_SECONDS',
    fallback: '30',
    kind: 'count',
    help: 'after how long the rows of a worker that died are taken up again',
  },
  {
    name: 'MUSTER_GEO_FILE',
    fallback: undefined,
    kind: 'text',
    help: 'city database (.mmdb) for `detect_geo`; absent = the one that npm has installed, see geo.md',
  },
  {
    name: 'MUSTER_LOG_LEVEL',
    fallback: 'info',
    kind: ['debug', 'info', 'warn', 'error', 'silent'],
    help: 'least severe log line',
  },
  {
    name: 'MUSTER_FAIL_POINT',
    fallback: undefined,
    kind: 'text',
    help: 'for fault tests: the process kills itself at this point, `name` or `name:nth`',
  },
] as const satisfies readonly Variable[];

export type VariableName = (typeof variables)[number]['name'];
