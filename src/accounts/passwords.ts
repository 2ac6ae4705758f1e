import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { MusterError } from '../base/index.ts';

/** Characters of a password. */
export const PASSWORD_LENGTH = { least: 10, most: 200 } as const;

/** What OWASP asks of scrypt: 2^17 blocks of 1 KiB, that is 128 MiB for each that is hashed. */
const LOG2_COST = 17;
const BLOCK_SIZE = 8;
const PARALLELISM = 1;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
/** Above this a stored hash is none of ours. */
const MAX_LOG2_COST = 20;
/** Each takes its memory and a thread of the pool, which files and zlib use too. */
const CONCURRENCY = 2;
const MAX_WAITING = 32;
const BUSY_SECONDS = 5;

interface Cost {
  readonly log2Cost: number;
  readonly blockSize: number;
  readonly parallelism: number;
}

interface StoredHash extends Cost {
  readonly salt: Buffer;
  readonly key: Buffer;
}

/** Hashes and checks passwords, few at a time. */
export interface Passwords {
  /** The text that is stored: `scrypt$17$8$1$salt$key`, salt and key as base64url. */
  hash(password: string): Promise<string>;
  /**
   * Whether it is the password of the stored text; undefined = of nobody, which takes as long and is false. `isWeak`
   * when it was hashed with less than is asked for today.
   */
  check(password: string, stored: string | undefined): Promise<{ isRight: boolean; isWeak: boolean }>;
}

function derive(password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  const { log2Cost, blockSize, parallelism } = cost;
  const options: ScryptOptions = {
    N: 2 ** log2Cost,
    r: blockSize,
    p: parallelism,
    // Node counts a little more than the 128·N·r bytes of the blocks.
    maxmem: 128 * 2 ** log2Cost * blockSize * 2,
  };
  return new Promise((resolve, reject) => {
    // One password may be typed as different code points, on different keyboards.
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (fault, key) => {
      if (fault === null) resolve(key);
      else reject(fault);
    });
  });
}

function printHash({ log2Cost, blockSize, parallelism, salt, key }: StoredHash): string {
  const bytes = [salt, key].map((part) => part.toString('base64url'));
  return ['scrypt', log2Cost, blockSize, parallelism, ...bytes].join('$');
}

/** @throws {Error} for a text that was not stored by this room. */
function readHash(stored: string): StoredHash {
  const [, log2Cost, blockSize, parallelism, salt = '', key = ''] =
    /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]+)\$([\w-]+)$/.exec(stored) ?? [];
  const cost = {
    log2Cost: Number(log2Cost),
    blockSize: Number(blockSize),
    parallelism: Number(parallelism),
  };
  if (!(cost.log2Cost <= MAX_LOG2_COST)) throw new Error('a stored password hash cannot be read');
  return { ...cost, salt: Buffer.from(salt, 'base64url'), key: Buffer.from(key, 'base64url') };
}

/** Runs few at a time; the others wait in the order in which they came. */
function createGate(): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= CONCURRENCY) {
      if (waiting.length >= MAX_WAITING) {
        const detail = 'too many people log in at once; try again in a few seconds';
        throw new MusterError(429, { detail, retryAfterSeconds: BUSY_SECONDS });
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push(resolve);
      // Its place was handed over, and is counted already.
      await promise;
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

/**
 * One for the process, since it bounds how many are hashed at once.
 * @param log2Cost the binary logarithm of scrypt's N.
 * @throws {MusterError} of both functions: 429 when too many wait.
 */
export function createPasswords(log2Cost = LOG2_COST): Passwords {
  const gate = createGate();
  const cost: Cost = { log2Cost, blockSize: BLOCK_SIZE, parallelism: PARALLELISM };
  const nobody: StoredHash = { ...cost, salt: randomBytes(SALT_BYTES), key: randomBytes(KEY_BYTES) };
  return {
    hash: (password) =>
      gate(async () => {
        const salt = randomBytes(SALT_BYTES);
        return printHash({ ...cost, salt, key: await derive(password, salt, cost) });
      }),
    check: (password, stored) =>
      gate(async () => {
        const expected = stored === undefined ? nobody : readHash(stored);
        const key = await derive(password, expected.salt, expected);
        const isSame = key.length === expected.key.length && timingSafeEqual(key, expected.key);
        return { isRight: isSame && stored !== undefined, isWeak: expected.log2Cost < log2Cost };
      }),
  };
}

/** A password of 128 random bits, for one who is to change it. */
export function newPassword(): string {
  return randomBytes(16).toString('base64url');
}
