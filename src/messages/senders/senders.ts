import {
  type Clock,
  invalidRequest,
  isJsonObject,
  type JsonObject,
  MusterError,
  parseJson,
} from '../../base/index.ts';
import { type Db, withTx } from '../../db/index.ts';
import type { Channel } from '../../profiles/index.ts';
import type { Vault } from '../../vault/index.ts';
import { SettingsError } from '../settings-error.ts';
import { deleteSenderRow } from '../sql/delete-sender.ts';
import { findSenderUses, type SenderUses } from '../sql/find-sender-uses.ts';
import { insertSender } from '../sql/insert-sender.ts';
import { findSenderRow, listSenderRows, lockSenderRow, type SenderRow } from '../sql/select-senders.ts';
import { updateSenderRow } from '../sql/update-sender.ts';
import { parseGatewaySender } from './parse-gateway-sender.ts';
import { parseSmtpSettings, printSmtpSettings, type SecretChanges } from './parse-smtp-settings.ts';
import type { OpenedSender, Sender, SenderSettings } from './sender.ts';

function openSecrets(vault: Vault, sealed: string | null): Record<string, string> {
  if (sealed === null) return {};
  const secrets = parseJson(vault.open(sealed));
  if (!isJsonObject(secrets)) throw new Error('the secrets of a sender are no object');
  return Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, String(value)]));
}

function sealSecrets(vault: Vault, secrets: Readonly<Record<string, string>>): string | null {
  return Object.keys(secrets).length === 0 ? null : vault.seal(JSON.stringify(secrets));
}

function applySecrets(
  stored: Readonly<Record<string, string>>,
  changes: SecretChanges,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries({ ...stored, ...changes }).flatMap(([name, value]) =>
      value === null ? [] : [[name, value]],
    ),
  );
}

function toSender(row: SenderRow, secretNames: readonly string[]): Sender {
  const { id, name, channel, settings } = row;
  return { id, name, channel, settings, secretNames, createdAt: row.created_at, updatedAt: row.updated_at };
}

function noSuchSender(id: number): MusterError {
  return new MusterError(404, { detail: `there is no sender ${id}` });
}

/** Settings by channel: the one place where a channel's way of sending is chosen. */
function parseSettings(
  channel: Channel,
  body: JsonObject,
  stored: ReadonlySet<string>,
): { settings: SenderSettings; secrets: SecretChanges } {
  const { settings, secrets, faults } =
    channel === 'email' ? parseSmtpSettings(body, stored) : parseGatewaySender(body, stored);
  if (faults.length > 0) throw new SettingsError(faults);
  return { settings, secrets };
}

/** Settings as the API spells them, without secrets. */
export function printSettings(settings: SenderSettings): JsonObject {
  if (settings.kind === 'smtp') return printSmtpSettings(settings);
  const { kind: _kind, ...rest } = settings;
  return rest;
}

/** In order of id. */
export async function listSenders(db: Db, vault: Vault): Promise<Sender[]> {
  const rows = await listSenderRows(db);
  return rows.map((row) => toSender(row, Object.keys(openSecrets(vault, row.secrets))));
}

/** @throws {MusterError} 404. */
export async function getSender(db: Db, vault: Vault, id: number): Promise<Sender> {
  const row = await findSenderRow(db, id);
  if (row === undefined) throw noSuchSender(id);
  return toSender(row, Object.keys(openSecrets(vault, row.secrets)));
}

/**
 * Makes a sender of settings as the API spells them. Secrets among them are sealed and never read out again.
 * @throws {SettingsError} with every key at fault.
 */
export async function createSender(
  deps: { readonly db: Db; readonly vault: Vault; readonly clock: Clock },
  sender: { readonly name: string; readonly channel: Channel; readonly body: JsonObject },
): Promise<Sender> {
  const { db, vault, clock } = deps;
  const { settings, secrets } = parseSettings(sender.channel, sender.body, new Set());
  const kept = applySecrets({}, secrets);
  const written = {
    name: sender.name.trim(),
    channel: sender.channel,
    settings,
    secrets: sealSecrets(vault, kept),
    now: clock.now(),
  };
  const id = await insertSender(db, written);
  return getSender(db, vault, id);
}

/** A stored sender with the keys that a body changes, and its secrets with those that it brings. */
function mergeSettings(
  vault: Vault,
  row: SenderRow,
  changes: JsonObject,
): Pick<OpenedSender, 'settings' | 'secrets'> {
  const stored = openSecrets(vault, row.secrets);
  const body = { ...printSettings(row.settings), ...changes };
  const { settings, secrets } = parseSettings(row.channel, body, new Set(Object.keys(stored)));
  return { settings, secrets: applySecrets(stored, secrets) };
}

/**
 * Changes the keys that are given; null is as if a key had never been given. A secret that is not given stays.
 * @throws {MusterError} 404; {SettingsError} with every key at fault.
 */
export async function updateSender(
  deps: { readonly db: Db; readonly vault: Vault; readonly clock: Clock },
  id: number,
  changes: { readonly name?: string | undefined; readonly body: JsonObject },
): Promise<Sender> {
  const { db, vault, clock } = deps;
  return withTx(db, async (tx) => {
    const row = await lockSenderRow(tx, id);
    if (row === undefined) throw noSuchSender(id);
    const { settings, secrets } = mergeSettings(vault, row, changes.body);
    await updateSenderRow(tx, id, {
      name: changes.name?.trim() ?? row.name,
      channel: row.channel,
      settings,
      secrets: sealSecrets(vault, secrets),
      now: clock.now(),
    });
    return getSender(tx, vault, id);
  });
}

/**
 * A sender by settings that are stored nowhere yet, with the secrets that are given and, by id, those that are stored.
 * @throws {MusterError} 404; {SettingsError} with every key at fault.
 */
export async function draftSender(
  { db, vault }: { readonly db: Db; readonly vault: Vault },
  draft: {
    readonly id: number | undefined;
    readonly channel: Channel | undefined;
    readonly body: JsonObject;
  },
): Promise<Pick<OpenedSender, 'settings' | 'secrets'>> {
  const row = draft.id === undefined ? undefined : await findSenderRow(db, draft.id);
  if (row === undefined && draft.id !== undefined) throw noSuchSender(draft.id);
  if (row !== undefined && draft.channel !== undefined && draft.channel !== row.channel) {
    throw invalidRequest('channel', 'cannot be changed');
  }
  if (row !== undefined) return mergeSettings(vault, row, draft.body);
  const { settings, secrets } = parseSettings(draft.channel ?? 'email', draft.body, new Set());
  return { settings, secrets: applySecrets({}, secrets) };
}

function describeUses({ resources, workflows, has_messages: hasMessages }: SenderUses): string[] {
  return [
    ...resources.map((id) => `resource ${id}`),
    ...workflows.map((id) => `workflow ${id}`),
    ...(hasMessages ? ['messages that wait to be sent'] : []),
  ];
}

/** @throws {MusterError} 404; 409 that names what uses it. */
export async function deleteSender(db: Db, id: number): Promise<void> {
  await withTx(db, async (tx) => {
    if ((await lockSenderRow(tx, id)) === undefined) throw noSuchSender(id);
    const uses = describeUses(await findSenderUses(tx, id));
    if (uses.length > 0) {
      throw new MusterError(409, { detail: `sender ${id} is used by ${uses.join(', ')}` });
    }
    await deleteSenderRow(tx, id);
  });
}

/**
 * A sender with its secrets, for sending; undefined when there is none. One look-up by key: whoever keeps a channel open
 * compares `updatedAt`.
 */
export async function loadSender(db: Db, vault: Vault, id: number): Promise<OpenedSender | undefined> {
  const row = await findSenderRow(db, id);
  if (row === undefined) return undefined;
  const { channel, settings, updated_at: updatedAt } = row;
  return { id, channel, settings, secrets: openSecrets(vault, row.secrets), updatedAt };
}

/** What the budget `sender N` allows: messages at once and in a second, of all workers together. */
export function limitsOf(sender: Pick<OpenedSender, 'settings'>): {
  readonly concurrency: number;
  readonly perSecond: number | null;
} {
  const { settings } = sender;
  if (settings.kind === 'smtp') return { concurrency: settings.pool, perSecond: settings.rate };
  const { concurrency, rate } = settings;
  return {
    concurrency: typeof concurrency === 'number' ? concurrency : 8,
    perSecond: typeof rate === 'number' ? rate : null,
  };
}

/**
 * Senders of a resource, by channel: each must be there and of that channel.
 * @throws {MusterError} 400 that names the channel at fault.
 */
export async function checkSenderChoice(
  db: Db,
  senders: Readonly<Partial<Record<Channel, number>>>,
): Promise<void> {
  if (Object.keys(senders).length === 0) return;
  const channels = new Map((await listSenderRows(db)).map(({ id, channel }) => [id, channel]));
  for (const [channel, id] of Object.entries(senders)) {
    const found = channels.get(id);
    if (found === undefined) throw invalidRequest(`senders.${channel}`, `there is no sender ${id}`);
    if (found !== channel) throw invalidRequest(`senders.${channel}`, `sender ${id} is one of ${found}`);
  }
}
