import { failure, isJsonObject, type JsonValue, type Outcome, success } from '../../base/index.ts';

/** The mailbox to which bounces of a sender come, without its password. */
export interface BounceSettings {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; else STARTTLS where the server offers it. */
  readonly secure: boolean;
  readonly user: string;
  readonly folder: string;
  /** Where mails go that were read; null = they stay and are marked as seen. */
  readonly moveTo: string | null;
}

interface Fault {
  readonly path: string;
  readonly message: string;
}

function isLine(value: JsonValue | undefined, limit: number): value is string {
  return (
    typeof value === 'string' && value !== '' && value.length <= limit && !/[\u0000-\u001f\u007f]/.test(value)
  );
}

/** Reads `bounce` of an e-mail sender's settings; its password is kept with the secrets as `bounce_password`. */
export function parseBounceSettings(bounce: JsonValue): Outcome<BounceSettings, Fault[]> {
  if (!isJsonObject(bounce)) return failure([{ path: 'bounce', message: 'expected an object' }]);
  const faults: Fault[] = [];
  const line = (key: string, limit: number, fallback?: string): string => {
    const value = bounce[key] ?? fallback;
    if (isLine(value, limit)) return value;
    faults.push({
      path: `bounce.${key}`,
      message: `expected a text of 1 to ${limit} characters on one line`,
    });
    return '';
  };
  const secure = bounce['secure'] ?? true;
  if (typeof secure !== 'boolean') faults.push({ path: 'bounce.secure', message: 'expected true or false' });
  const port = bounce['port'] ?? (secure === false ? 143 : 993);
  const isPort = typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536;
  if (!isPort) faults.push({ path: 'bounce.port', message: 'expected a port, 1 to 65535' });
  const settings = {
    host: line('host', 255),
    port: typeof port === 'number' ? port : 0,
    secure: secure !== false,
    user: line('user', 320),
    folder: line('folder', 255, 'INBOX'),
    moveTo: (bounce['move_to'] ?? null) === null ? null : line('move_to', 255),
  };
  return faults.length > 0 ? failure(faults) : success(settings);
}
