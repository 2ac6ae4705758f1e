import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, readConfig, variables } from '../../src/config/index.ts';

type Environment = Readonly<Record<string, string>>;

function faultsOf(environment: Environment): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (fault) {
    assert.ok(fault instanceof ConfigError);
    return fault.faults;
  }
}

test('an empty environment is usable', () => {
  const { variables: described, ...config } = readConfig({ PATH: '/bin', MUSTER_SOMETHING: 'else' });
  assert.deepEqual(
    described.map(({ name, isSet }) => [name, isSet]),
    variables.map(({ name }) => [name, false]),
  );
  assert.deepEqual(config, {
    port: 8080,
    host: '127.0.0.1',
    databaseUrl: undefined,
    dataDir: './data',
    secretKey: undefined,
    token: undefined,
    role: 'all',
    allowPrivateTargets: false,
    publicUrl: undefined,
    mirrorHttpStatus: false,
    bodyLimitBytes: 10_485_760,
    bodiesAtOnceBytes: 12_582_912,
    uploadLimitBytes: 104_857_600,
    maxItems: 100_000,
    maxWaitingRows: 5_000_000,
    repeatWindowSeconds: 86_400,
    taskRetentionDays: 30,
    eventRetentionDays: 30,
    auditRetentionDays: 365,
    trustedProxies: undefined,
    dbConnections: 12,
    importConcurrency: 2,
    engineConcurrency: 2,
    leaseSeconds: 30,
    geoFile: undefined,
    logLevel: 'info',
    failPoint: undefined,
  });
  assert.ok(Object.isFrozen(readConfig({})));
});

test('what is empty or blank counts as absent, and blanks around a value do not count', () => {
  const config = readConfig({ PORT: ' ', DATABASE_URL: '', MUSTER_TOKEN: '  ', MUSTER_ROLE: ' worker ' });
  assert.equal(config.port, 8080);
  assert.equal(config.databaseUrl, undefined);
  assert.equal(config.token, undefined);
  assert.equal(config.role, 'worker');
});

/** What makes a setting other than it usually is, and what is then read. */
const settings: readonly [Environment, Readonly<Record<string, unknown>>][] = [
  [{ PORT: '0' }, { port: 0 }],
  [{ PORT: '65535' }, { port: 65_535 }],
  [{ HOST: '::' }, { host: '::' }],
  [{ DATABASE_URL: 'postgres://u@h/d' }, { databaseUrl: 'postgres://u@h/d' }],
  [{ MUSTER_TOKEN: '0123456789abcdef' }, { token: '0123456789abcdef' }],
  [{ MUSTER_SECRET_KEY: 'aB'.repeat(32) }, { secretKey: Buffer.alloc(32, 0xab) }],
  [{ MUSTER_SECRET_KEY: Buffer.alloc(32, 255).toString('base64') }, { secretKey: Buffer.alloc(32, 255) }],
  [{ MUSTER_SECRET_KEY: Buffer.alloc(32, 255).toString('base64url') }, { secretKey: Buffer.alloc(32, 255) }],
  [{ MUSTER_ALLOW_PRIVATE_TARGETS: '1' }, { allowPrivateTargets: true }],
  [{ MUSTER_GEO_FILE: '/srv/city.mmdb' }, { geoFile: '/srv/city.mmdb' }],
  [{ MUSTER_HTTP_STATUS: 'mirror' }, { mirrorHttpStatus: true }],
  [{ MUSTER_REPEAT_WINDOW_SECONDS: '0' }, { repeatWindowSeconds: 0 }],
  [{ MUSTER_LOG_LEVEL: 'silent' }, { logLevel: 'silent' }],
  [{ MUSTER_FAIL_POINT: 'import.before-commit' }, { failPoint: { point: 'import.before-commit', nth: 1 } }],
  [{ MUSTER_FAIL_POINT: 'engine.claimed:3' }, { failPoint: { point: 'engine.claimed', nth: 3 } }],
];

test('each setting is read', () => {
  for (const [environment, expected] of settings) {
    const config = readConfig(environment);
    for (const [name, value] of Object.entries(expected)) {
      assert.deepEqual(Object.entries(config).find(([key]) => key === name)?.[1], value, name);
    }
  }
});

const faulty: readonly [name: string, values: readonly string[], fault: string][] = [
  ['PORT', ['-1', '65536', '80a', '8e1', '1.5'], 'expected a port, 0 to 65535'],
  ['MUSTER_ROLE', ['API', 'both'], 'expected one of all, api, worker'],
  ['MUSTER_ALLOW_PRIVATE_TARGETS', ['true', 'yes', '2'], 'expected 0 or 1'],
  ['MUSTER_MAX_ITEMS', ['0', '-5', '1e3', '9007199254740993'], 'expected a whole number of at least 1'],
  ['MUSTER_REPEAT_WINDOW_SECONDS', ['-1', 'never'], 'expected a whole number of at least 0'],
  [
    'MUSTER_SECRET_KEY',
    ['hunter2', 'ab'.repeat(31), 'xy'.repeat(32), 'A'.repeat(42), '!'.repeat(43)],
    'expected 32 bytes as 64 hexadecimal digits or base64',
  ],
  ['MUSTER_TOKEN', ['short'], 'expected 16 characters or more'],
];

test('a value that is not usable is refused without being repeated', () => {
  for (const [name, values, fault] of faulty) {
    for (const value of values) assert.deepEqual(faultsOf({ [name]: value }), [`${name}: ${fault}`], value);
  }
  for (const value of ['import', 'import.claimed:0', 'import.claimed:x', 'import.claimed:']) {
    assert.match(faultsOf({ MUSTER_FAIL_POINT: value })[0] ?? '', /^MUSTER_FAIL_POINT: expected one of /);
  }
});

test('all faults come at once, in lines that an operator can read', () => {
  const environment = { PORT: 'x', MUSTER_ROLE: 'y', MUSTER_TOKEN: 'hunter2', HOST: 'fine' };
  assert.throws(
    () => readConfig(environment),
    (fault) => {
      assert.ok(fault instanceof ConfigError);
      assert.equal(
        fault.message,
        'the environment is not usable:\n' +
          '  PORT: expected a port, 0 to 65535\n' +
          '  MUSTER_ROLE: expected one of all, api, worker\n' +
          '  MUSTER_TOKEN: expected 16 characters or more',
      );
      return true;
    },
  );
});

test('the table has each variable once, with words for it', () => {
  const names = variables.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const { name, help } of variables) assert.match(help, /^\S.*[^.\s]$/, name);
});
