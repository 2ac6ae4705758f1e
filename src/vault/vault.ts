import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/** What is stored in secret, and links that nobody else can make: all of it hangs on one key of 32 bytes. */
export interface Vault {
  /** Encrypts a text so that it may be stored; each call gives another result. */
  seal(text: string): string;
  /** @throws {Error} when it was sealed by another key, or changed. */
  open(sealed: string): string;
  /** A mark of 22 characters, for links: only this server can make it for the text. `purpose` keeps kinds of links apart. */
  sign(purpose: string, text: string): string;
  /** Whether the mark belongs to the text. */
  isSigned(purpose: string, text: string, mark: string): boolean;
  /** Tells keys apart without telling the key. */
  readonly fingerprint: string;
}

const VERSION = 'v1.';
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** 128 bits in base64url. */
const MARK_LENGTH = 22;

function deriveKey(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `muster ${purpose}`, 32));
}

/** AES-256-GCM and HMAC-SHA-256, with a key for each use derived from the one. */
export function createVault(key: Buffer): Vault {
  const sealing = deriveKey(key, 'seal');
  const signing = deriveKey(key, 'sign');
  function sign(purpose: string, text: string): string {
    const mac = createHmac('sha256', signing).update(`${purpose}\n${text}`).digest('base64url');
    return mac.slice(0, MARK_LENGTH);
  }
  return {
    seal: (text) => {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', sealing, iv);
      const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return VERSION + Buffer.concat([iv, cipher.getAuthTag(), encrypted]).toString('base64url');
    },
    open: (sealed) => {
      const bytes = Buffer.from(sealed.slice(VERSION.length), 'base64url');
      if (!sealed.startsWith(VERSION) || bytes.length < IV_BYTES + TAG_BYTES) {
        throw new Error('a stored secret is not of a form that this version knows');
      }
      const cipher = createDecipheriv('aes-256-gcm', sealing, bytes.subarray(0, IV_BYTES));
      cipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const encrypted = bytes.subarray(IV_BYTES + TAG_BYTES);
      return cipher.update(encrypted, undefined, 'utf8') + cipher.final('utf8');
    },
    sign,
    isSigned: (purpose, text, mark) => {
      const [given, right] = [Buffer.from(mark), Buffer.from(sign(purpose, text))];
      return given.length === right.length && timingSafeEqual(given, right);
    },
    fingerprint: deriveKey(key, 'fingerprint').toString('hex').slice(0, 16),
  };
}
