import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonObject, type JsonObject, ownValue, toError, tryParseJson } from '../../base/index.ts';
import { CliError } from '../cli-error.ts';
import type { Options } from '../options.ts';
import type { Shell } from '../shell.ts';

const DEFAULT_URL = 'http://127.0.0.1:8080';

/** Which server a command works on, and as who. */
export interface ServerAddress {
  /** Without a slash at its end. */
  readonly url: string;
  readonly token: string;
}

async function readSettings(path: string): Promise<JsonObject | undefined> {
  const text = await readFile(path, 'utf8').catch((thrown: unknown) => {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw new CliError(`${path} cannot be read: ${toError(thrown).message}`);
  });
  if (text === undefined) return undefined;
  const settings = tryParseJson(text);
  if (isJsonObject(settings)) return settings;
  throw new CliError(`${path}: expected a JSON object, such as {"url":"https://…","token":"…"}`);
}

function textOf(settings: JsonObject | undefined, key: string): string | undefined {
  const value = settings && ownValue(settings, key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The settings at the top of the file, or those of the profile that is named in it under `profiles`. */
async function findProfile(path: string, name: string | undefined): Promise<JsonObject | undefined> {
  const settings = await readSettings(path);
  const chosen = name ?? textOf(settings, 'profile');
  if (chosen === undefined) return settings;
  const profiles = settings && ownValue(settings, 'profiles');
  const found = isJsonObject(profiles) ? ownValue(profiles, chosen) : undefined;
  if (isJsonObject(found)) return found;
  const known = isJsonObject(profiles) ? Object.keys(profiles).join(', ') : '';
  throw new CliError(`--profile: ${path} has no profile “${chosen}”${known === '' ? '' : `, only ${known}`}`);
}

function readUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new CliError(`“${text}” is no address of a server; expected such as ${DEFAULT_URL}`);
  }
  return text.replace(/\/+$/, '');
}

/**
 * By option, else by environment, else from the configuration file. A profile that is named by `--profile` comes before the
 * environment: its token belongs to its address.
 * @throws {CliError} when there is no token, or the file is not usable.
 */
export async function findServer({ environment, homeDir }: Shell, options: Options): Promise<ServerAddress> {
  const configDir = environment['XDG_CONFIG_HOME'] || join(homeDir, '.config');
  const path = join(configDir, 'muster', 'config.json');
  const name = options.text('profile');
  const profile = await findProfile(path, name);
  const [url, token] = ['url', 'token'].map((key) => {
    const told = environment[`MUSTER_${key.toUpperCase()}`] || undefined;
    const filed = textOf(profile, key);
    return options.text(key) ?? (name === undefined ? (told ?? filed) : (filed ?? told));
  });
  if (token === undefined) {
    throw new CliError(
      'there is no token',
      `give one by --token or MUSTER_TOKEN, or keep it in ${path}; the first one is printed by the first start of the server`,
    );
  }
  return { url: readUrl(url ?? DEFAULT_URL), token };
}
