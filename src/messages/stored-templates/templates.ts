import { type Clock, invalidRequest, type JsonObject, MusterError, sameJson } from '../../base/index.ts';
import { type Db, withTx } from '../../db/index.ts';
import { type Channel, findDatabase } from '../../profiles/index.ts';
import { SettingsError } from '../settings-error.ts';
import { countTemplates } from '../sql/count-templates.ts';
import { deleteTemplateRow } from '../sql/delete-template.ts';
import { deleteTemplateVersions } from '../sql/delete-template-versions.ts';
import { findTemplateUses } from '../sql/find-template-uses.ts';
import { insertTemplate } from '../sql/insert-template.ts';
import { insertTemplateVersion } from '../sql/insert-template-version.ts';
import { lockTemplate } from '../sql/lock-template.ts';
import { listTemplateVersions } from '../sql/select-template-versions.ts';
import { findTemplateRow, listTemplateRows } from '../sql/select-templates.ts';
import { updateTemplateRow } from '../sql/update-template.ts';
import type { StoredTemplate, TemplateVersion } from './stored-template.ts';
import { compileContent, missingParts, readContent, type TemplateContent } from './template-content.ts';

const MAX_LISTED_VERSIONS = 1_000;

function noSuchTemplate(id: number): MusterError {
  return new MusterError(404, { detail: `there is no template ${id}` });
}

/** @throws {SettingsError} with every fault of every part. */
function checkContent(channel: Channel, body: JsonObject): TemplateContent {
  const { content, faults } = readContent(channel, body);
  const all = [...faults, ...missingParts(channel, content), ...compileContent(channel, content).faults];
  if (all.length > 0) throw new SettingsError(all);
  return content;
}

async function checkDatabase(db: Db, databaseId: number | null): Promise<void> {
  if (databaseId === null || (await findDatabase(db, databaseId)) !== undefined) return;
  throw invalidRequest('database_id', `there is no database ${databaseId}`);
}

/** One page in order of id. `databaseIds`: those for any database and of these; null = all. */
export async function listTemplates(
  db: Db,
  query: { readonly databaseIds: readonly number[] | null; readonly fromId: number; readonly limit: number },
): Promise<{ templates: StoredTemplate[]; nextFromId: number | null; total: number }> {
  const { databaseIds, fromId, limit } = query;
  const found = await listTemplateRows(db, databaseIds, fromId, limit + 1);
  return {
    templates: found.slice(0, limit),
    nextFromId: found[limit]?.id ?? null,
    total: await countTemplates(db, databaseIds),
  };
}

/** @throws {MusterError} 404. */
export async function getTemplate(db: Db, id: number): Promise<StoredTemplate> {
  const found = await findTemplateRow(db, id);
  if (found === undefined) throw noSuchTemplate(id);
  return found;
}

/** The latest first, 1,000 at most. */
export function listVersions(db: Db, id: number): Promise<TemplateVersion[]> {
  return listTemplateVersions(db, id, MAX_LISTED_VERSIONS);
}

/**
 * Makes a template with its version 1. `body` has the parts as the API spells them.
 * @throws {SettingsError} with every fault of every part.
 */
export async function createTemplate(
  db: Db,
  clock: Clock,
  template: {
    readonly name: string;
    readonly channel: Channel;
    readonly databaseId: number | null;
    readonly body: JsonObject;
  },
): Promise<StoredTemplate> {
  const { channel, databaseId } = template;
  const content = checkContent(channel, template.body);
  await checkDatabase(db, databaseId);
  const now = clock.now();
  const made = {
    name: template.name.trim(),
    ...{ channel, databaseId, content },
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  return withTx(db, async (tx) => {
    const id = await insertTemplate(tx, made);
    await insertTemplateVersion(tx, id, made);
    return { ...made, id };
  });
}

/**
 * Changes what is given. Parts that differ make a new version; messages that are queued keep theirs.
 * @throws {MusterError} 404; {SettingsError} with every fault of every part.
 */
export async function updateTemplate(
  db: Db,
  clock: Clock,
  id: number,
  changes: {
    readonly name?: string | undefined;
    readonly databaseId?: number | null | undefined;
    readonly body: JsonObject;
  },
): Promise<StoredTemplate> {
  return withTx(db, async (tx) => {
    await lockTemplate(tx, id);
    // A statement of its own: one that waits for the lock would go on with the version of before the wait.
    const current = await getTemplate(tx, id);
    const content = checkContent(current.channel, { ...current.content, ...changes.body });
    const databaseId = changes.databaseId === undefined ? current.databaseId : changes.databaseId;
    await checkDatabase(tx, databaseId);
    const isSame = sameJson({ ...content }, { ...current.content });
    const changed = {
      ...current,
      ...{ databaseId, content },
      name: changes.name?.trim() ?? current.name,
      version: isSame ? current.version : current.version + 1,
      updatedAt: clock.now(),
    };
    if (!isSame) await insertTemplateVersion(tx, id, { ...changed, createdAt: changed.updatedAt });
    await updateTemplateRow(tx, changed);
    return changed;
  });
}

/** Deletes a template with its versions. @throws {MusterError} 404; 409 that names what uses it. */
export async function deleteTemplate(db: Db, id: number): Promise<void> {
  await withTx(db, async (tx) => {
    await lockTemplate(tx, id);
    await getTemplate(tx, id);
    const { workflows, has_messages: hasMessages } = await findTemplateUses(tx, id);
    const uses = [
      ...workflows.map((workflow) => `workflow ${workflow}`),
      ...(hasMessages ? ['messages that wait to be sent'] : []),
    ];
    if (uses.length > 0)
      throw new MusterError(409, { detail: `template ${id} is used by ${uses.join(', ')}` });
    await deleteTemplateVersions(tx, id);
    await deleteTemplateRow(tx, id);
  });
}
