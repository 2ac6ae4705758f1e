import { CliError } from '../cli-error.ts';

/** The server has understood and says no: its words, which name what is at fault. Not worth a second try. */
export class ServerRefusal extends Error {
  /** The HTTP status, or the `error` of the dialect, which are the same numbers. */
  readonly status: number;
  /** Whether no try of the request can have been carried out. */
  readonly wasUntouched: boolean;

  constructor(status: number, message: string, wasUntouched: boolean) {
    super(message);
    this.name = 'ServerRefusal';
    this.status = status;
    this.wasUntouched = wasUntouched;
  }
}

/** There was no answer, so that it is not known whether the request was carried out, unless it `wasUntouched`. */
export class ServerUnreachable extends CliError {
  readonly wasUntouched: boolean;

  constructor(message: string, wasUntouched: boolean) {
    super(message, 'start it (npm start), or name another one by --url or MUSTER_URL');
    this.name = 'ServerUnreachable';
    this.wasUntouched = wasUntouched;
  }
}
