import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';

export interface MailServerOptions {
  /** 0 or absent = a free one. */
  readonly port?: number;
  /** The first try for one in so many addresses is refused for a time; which ones depends on the address alone. */
  readonly greylistOneIn?: number;
  /** How long, in seconds. 0 = the second try is taken whenever it comes. */
  readonly greylistSeconds?: number;
  /** One in so many addresses does not exist. */
  readonly refuseOneIn?: number;
  /** A login that is demanded. */
  readonly login?: { readonly user: string; readonly password: string };
  /** With the certificate of the library, which nobody trusts; absent = no TLS at all. */
  readonly tls?: 'implicit' | 'starttls';
  /** Mails that are kept with their bytes, the latest. */
  readonly keep?: number;
}

export interface ReceivedMail {
  /** Envelope sender, '' for a bounce. */
  readonly from: string;
  readonly to: readonly string[];
  readonly bytes: Buffer;
  /** Which connection it came by, from 1. */
  readonly connection: number;
}

/** What is done to the next message that comes. */
export type Trick =
  /** A reply such as `451 4.7.1 Try again later`, to RCPT or after the message has come whole. */
  | { readonly at: 'recipient' | 'message'; readonly reply: string }
  /** The connection is cut, or no answer ever comes. */
  | { readonly at: 'recipient' | 'message'; readonly how: 'drop' | 'hang' };

export interface MailFigures {
  readonly connections: number;
  readonly accepted: number;
  readonly greylisted: number;
  readonly refused: number;
}

class SmtpReply extends Error {
  readonly responseCode: number;

  /** The library writes the code itself. */
  constructor(reply: string) {
    super(reply.slice(4));
    this.responseCode = Number(reply.slice(0, 3));
  }
}

function placeOf(address: string, purpose: string): number {
  return createHash('sha256').update(`${purpose} ${address.toLowerCase()}`).digest().readUInt32BE(0);
}

function isChosen(address: string, purpose: string, oneIn: number | undefined): boolean {
  return oneIn !== undefined && placeOf(address, purpose) % oneIn === 0;
}

/** A mail server that keeps what it gets in memory and misbehaves as it is told. Listens on loopback alone. */
export class MailServer {
  readonly #options: MailServerOptions;
  readonly #server: SMTPServer;
  readonly #sockets = new Set<Socket>();
  readonly #connections = new Map<string, number>();
  readonly #mails: ReceivedMail[] = [];
  readonly #tricks: Trick[] = [];
  readonly #greylistedAt = new Map<string, number>();
  readonly #figures = { connections: 0, accepted: 0, greylisted: 0, refused: 0 };
  #came = Promise.withResolvers<void>();
  #played = Promise.withResolvers<void>();
  #port = 0;

  static async start(options: MailServerOptions = {}): Promise<MailServer> {
    const server = new MailServer(options);
    await server.#listen();
    return server;
  }

  private constructor(options: MailServerOptions) {
    this.#options = options;
    const { login, tls } = options;
    this.#server = new SMTPServer({
      ...(tls === undefined ? { hideSTARTTLS: true, disabledCommands: ['STARTTLS'] } : {}),
      secure: tls === 'implicit',
      authOptional: login === undefined,
      allowInsecureAuth: true,
      disableReverseLookup: true,
      logger: false,
      onAuth: ({ username, password }, _session, done) => {
        if (login !== undefined && username === login.user && password === login.password) {
          return done(null, { user: username });
        }
        done(new SmtpReply('535 5.7.8 Authentication credentials invalid'));
      },
      onConnect: (session, done) => {
        this.#figures.connections += 1;
        this.#connections.set(session.id, this.#figures.connections);
        done();
      },
      onClose: (session) => {
        this.#connections.delete(session.id);
      },
      onRcptTo: ({ address }, session, done) => this.#takeRecipient(address, session, done),
      onData: (stream, session, done) => void this.#takeMessage(stream, session, done),
    });
    this.#server.server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    // A client that breaks off; what it means is seen on the client's side.
    this.#server.on('error', () => {});
  }

  get port(): number {
    return this.#port;
  }

  /** The kept ones, in the order in which they came. */
  get mails(): readonly ReceivedMail[] {
    return this.#mails;
  }

  get figures(): MailFigures {
    return { ...this.#figures };
  }

  /** Does that to the next message; several in their order. */
  play(...tricks: readonly Trick[]): void {
    this.#tricks.push(...tricks);
  }

  /** Resolves when so many mails have been accepted since the start. */
  async until(accepted: number): Promise<void> {
    while (this.#figures.accepted < accepted) await this.#came.promise;
  }

  /** Resolves when the next trick has been played. */
  untilTrick(): Promise<void> {
    return this.#played.promise;
  }

  /** Cuts connections; the second call waits for the same end. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(resolve));
  }

  async #listen(): Promise<void> {
    const listener = this.#server.listen(this.#options.port ?? 0, '127.0.0.1');
    await once(listener, 'listening');
    const address = listener.address();
    if (address === null || typeof address === 'string') throw new Error('the mail server has no port');
    this.#port = address.port;
  }

  /** The next trick, when it is for this moment. */
  #trickAt(at: Trick['at']): Trick | undefined {
    return this.#tricks[0]?.at === at ? this.#tricks.shift() : undefined;
  }

  /** Whether a trick was played; then the message is done with. */
  #trick(trick: Trick | undefined, session: SMTPServerSession, done: (fault: Error) => void): boolean {
    if (trick === undefined) return false;
    this.#played.resolve();
    this.#played = Promise.withResolvers<void>();
    if ('reply' in trick) done(new SmtpReply(trick.reply));
    else if (trick.how === 'drop') {
      for (const socket of this.#sockets) {
        if (socket.remotePort === session.remotePort) socket.destroy();
      }
    }
    return true;
  }

  #takeRecipient(address: string, session: SMTPServerSession, done: (fault?: Error) => void): void {
    if (this.#trick(this.#trickAt('recipient'), session, done)) return;
    const refusal = this.#refusalOf(address);
    if (refusal === undefined) done();
    else done(new SmtpReply(refusal));
  }

  #refusalOf(address: string): string | undefined {
    const { refuseOneIn, greylistOneIn, greylistSeconds = 0 } = this.#options;
    if (isChosen(address, 'refuse', refuseOneIn)) {
      this.#figures.refused += 1;
      return `550 5.1.1 <${address}>: Recipient address rejected: User unknown`;
    }
    if (!isChosen(address, 'greylist', greylistOneIn)) return undefined;
    const now = performance.now();
    const since = this.#greylistedAt.get(address);
    if (since === undefined) this.#greylistedAt.set(address, now);
    if (since !== undefined && now - since >= greylistSeconds * 1000) return undefined;
    this.#figures.greylisted += 1;
    return `451 4.7.1 Greylisting in action, try again in ${greylistSeconds} seconds`;
  }

  async #takeMessage(
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    done: (fault?: Error | null, message?: string) => void,
  ): Promise<void> {
    const pieces: Buffer[] = [];
    try {
      for await (const piece of stream) pieces.push(piece);
    } catch {
      // The client broke off.
      return;
    }
    if (this.#trick(this.#trickAt('message'), session, done)) return;
    const { mailFrom, rcptTo } = session.envelope;
    const { keep = 100_000 } = this.#options;
    this.#mails.push({
      from: mailFrom === false ? '' : mailFrom.address,
      to: rcptTo.map(({ address }) => address),
      bytes: Buffer.concat(pieces),
      connection: this.#connections.get(session.id) ?? 0,
    });
    if (this.#mails.length > keep) this.#mails.shift();
    this.#figures.accepted += 1;
    done(null, `OK: queued as ${this.#figures.accepted}`);
    const came = this.#came;
    this.#came = Promise.withResolvers<void>();
    came.resolve();
  }
}

/** Subject, parts, headers and attachments of a mail. */
export function parseMail(mail: ReceivedMail): Promise<ParsedMail> {
  return simpleParser(mail.bytes, { skipTextToHtml: true, skipImageLinks: true });
}
