import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

export interface ImapMail {
  readonly uid: number;
  readonly raw: string;
  folder: string;
  seen: boolean;
}

/** Just enough of an IMAP4rev1 server for one mailbox: plain text, one login, no IDLE. */
export interface ImapServer {
  readonly port: number;
  readonly mails: ImapMail[];
  /** Verbs in the order in which they came, of all connections. */
  readonly verbs: string[];
  readonly folders: Set<string>;
  /** Resolves when somebody logs in as `silent`, who never gets an answer. */
  readonly silenced: Promise<void>;
  stop(): Promise<void>;
}

function matches(set: string, uid: number): boolean {
  return set.split(',').some((range) => {
    const [from = 0, to = from] = range
      .split(':')
      .map((end) => (end === '*' ? Number.MAX_SAFE_INTEGER : Number(end)));
    return uid >= Math.min(from, to) && uid <= Math.max(from, to);
  });
}

function answer(server: ImapServer, password: string, line: string, silence: () => void): string {
  const [, tag = '*', verb = '', rest = ''] = /^(\S+) ((?:UID )?\S+) ?(.*)$/i.exec(line) ?? [];
  server.verbs.push(verb.toUpperCase());
  const inbox = server.mails.filter(({ folder }) => folder === 'INBOX');
  const ok = `${tag} OK done\r\n`;
  switch (verb.toUpperCase()) {
    case 'CAPABILITY':
      return `* CAPABILITY IMAP4rev1 MOVE UIDPLUS\r\n${ok}`;
    case 'LOGIN':
      if (/silent/.test(rest)) {
        silence();
        return '';
      }
      return rest.includes(password) ? ok : `${tag} NO [AUTHENTICATIONFAILED] wrong login\r\n`;
    case 'LIST':
    case 'LSUB':
      // Asks for the root and the delimiter alone.
      if (rest === '"" ""') return `* LIST (\\Noselect) "/" ""\r\n${ok}`;
      return [...server.folders].map((name) => `* ${verb.toUpperCase()} () "/" ${name}\r\n`).join('') + ok;
    case 'SELECT':
      if (!/INBOX/.test(rest)) return `${tag} NO [NONEXISTENT] no such folder\r\n`;
      return `* ${inbox.length} EXISTS\r\n* FLAGS (\\Seen)\r\n* OK [PERMANENTFLAGS (\\Seen)] .\r\n* OK [UIDVALIDITY 1] .\r\n* OK [UIDNEXT 99] .\r\n${tag} OK [READ-WRITE] done\r\n`;
    case 'UID SEARCH':
      return `* SEARCH ${inbox
        .filter(({ seen }) => !seen)
        .map(({ uid }) => uid)
        .join(' ')}\r\n${ok}`;
    case 'UID FETCH': {
      const chosen = inbox.filter(({ uid }) => matches(rest.split(' ')[0] ?? '', uid));
      const item = (mail: ImapMail): string =>
        `* ${inbox.indexOf(mail) + 1} FETCH (UID ${mail.uid} BODY[]<0> {${Buffer.byteLength(mail.raw)}}\r\n${mail.raw})\r\n`;
      return chosen.map(item).join('') + ok;
    }
    case 'UID STORE':
      for (const mail of inbox) if (matches(rest.split(' ')[0] ?? '', mail.uid)) mail.seen = true;
      return ok;
    case 'UID MOVE': {
      const [set = '', folder = ''] = rest.replaceAll('"', '').split(' ');
      if (!server.folders.has(folder)) return `${tag} NO [TRYCREATE] no such folder\r\n`;
      const moved = inbox.filter(({ uid }) => matches(set, uid));
      for (const mail of moved) mail.folder = folder;
      return moved.map(() => '* 1 EXPUNGE\r\n').join('') + ok;
    }
    case 'CREATE':
      if (/forbidden/.test(rest)) return `${tag} NO [NOPERM] not yours\r\n`;
      server.folders.add(rest.replaceAll('"', ''));
      return ok;
    case 'LOGOUT':
      return `* BYE\r\n${ok}`;
    case 'NOOP':
    case 'CLOSE':
    case 'UNSELECT':
      return ok;
    default:
      return `${tag} BAD unknown\r\n`;
  }
}

export async function startImapServer(password: string): Promise<ImapServer> {
  const { promise: silenced, resolve } = Promise.withResolvers<void>();
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.write('* OK ready\r\n');
    let waiting = '';
    socket.on('data', (chunk) => {
      waiting += chunk.toString('latin1');
      for (let end = waiting.indexOf('\r\n'); end >= 0; end = waiting.indexOf('\r\n')) {
        const line = waiting.slice(0, end);
        waiting = waiting.slice(end + 2);
        socket.write(answer(server, password, line, resolve));
        if (/LOGOUT/i.test(line)) socket.end();
      }
    });
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  const server: ImapServer = {
    port: address.port,
    mails: [],
    verbs: [],
    folders: new Set(['INBOX']),
    silenced,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
  return server;
}
