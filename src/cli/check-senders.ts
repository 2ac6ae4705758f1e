import { access } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { type Finding, isObject, toError } from '../base/index.ts';
import type { Config } from '../config/index.ts';
import type { Db } from '../db/index.ts';
import { listSenders, loadSender, verifySmtp } from '../messages/index.ts';
import { openVault } from '../vault/index.ts';

const CONNECT_LIMIT_MS = 10_000;

/** Where a gateway sends to: scheme and host of its URL hold no templates. */
function gatewayTarget(settings: Readonly<Record<string, unknown>>): URL | undefined {
  const request = settings['request'];
  const url = isObject(request) ? request['url'] : undefined;
  return typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined;
}

/** Opens a connection and closes it; nothing is sent. @returns what has failed, or undefined. */
function reach({ hostname, port, protocol }: URL): Promise<string | undefined> {
  return new Promise((resolve) => {
    const host = hostname.replace(/^\[|\]$/g, '');
    const socket = createConnection({ host, port: Number(port || (protocol === 'http:' ? 80 : 443)) });
    const end = (fault: string | undefined): void => {
      socket.destroy();
      resolve(fault);
    };
    socket.setTimeout(CONNECT_LIMIT_MS, () => end('no connection in time'));
    socket.once('connect', () => end(undefined));
    socket.once('error', (fault) => end(toError(fault).message));
  });
}

async function hasKey({ secretKey, dataDir }: Config): Promise<boolean> {
  if (secretKey !== undefined) return true;
  return access(join(dataDir, 'secret.key')).then(
    () => true,
    () => false,
  );
}

/** Connects to the server of every sender as sending would, logs in where that is asked for, and sends nothing. */
export async function checkSenders(db: Db, config: Config): Promise<Finding[]> {
  // The key is not made here: that is for the server.
  if (!(await hasKey(config))) {
    const advice = 'run the command where the server runs, or set MUSTER_SECRET_KEY';
    return [
      {
        check: 'senders',
        level: 'warning',
        text: 'not tried: the key of their passwords is not here',
        advice,
      },
    ];
  }
  const vault = await openVault({ key: config.secretKey, keyFile: join(config.dataDir, 'secret.key') });
  const senders = await listSenders(db, vault);
  if (senders.length === 0) return [{ check: 'senders', level: 'ok', text: 'there are none' }];
  return Promise.all(
    senders.map(async ({ id, name, settings }): Promise<Finding> => {
      const check = `sender ${id}`;
      const target = settings.kind === 'smtp' ? undefined : gatewayTarget(settings);
      if (settings.kind !== 'smtp' && target === undefined) {
        return { check, level: 'warning', text: `“${name}” is not tried: it has no address` };
      }
      const opened = settings.kind === 'smtp' ? await loadSender(db, vault, id) : undefined;
      const fault =
        settings.kind === 'smtp'
          ? await verifySmtp(settings, opened?.secrets['password'])
          : target && (await reach(target));
      if (fault === undefined) return { check, level: 'ok', text: `“${name}” can be reached` };
      const advice = 'mend its settings or its server; messages wait meanwhile';
      return { check, level: 'fault', text: `“${name}”: ${fault}`, advice };
    }),
  );
}
