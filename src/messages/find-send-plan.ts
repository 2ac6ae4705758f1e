import type { Db } from '../db/index.ts';
import { type Channel, listResources, type Resource } from '../profiles/index.ts';
import { findSenderChannels } from './sql/find-sender-channels.ts';
import { findTemplateVersions, type PlannedTemplate } from './sql/find-template-versions.ts';

/** What must be known of templates, resources and senders to queue messages; each by its id. */
export interface SendPlan {
  readonly templates: ReadonlyMap<number, PlannedTemplate>;
  /** Those that the database is tied to. */
  readonly resources: ReadonlyMap<number, Resource>;
  /** The channels of the senders that were asked for, and of those of the resources. */
  readonly senders: ReadonlyMap<number, Channel>;
}

/** Reads what is there; what is not is absent. Three statements. */
export async function findSendPlan(
  db: Db,
  asked: {
    readonly databaseId: number;
    readonly templateIds: readonly number[];
    readonly resourceIds: readonly number[];
    readonly senderIds: readonly number[];
  },
): Promise<SendPlan> {
  const all = await listResources(db, asked.databaseId);
  const resources = new Map(
    all.filter(({ id }) => asked.resourceIds.includes(id)).map((resource) => [resource.id, resource]),
  );
  const ofResources = [...resources.values()].flatMap(({ senders }) => Object.values(senders));
  return {
    resources,
    templates: await findTemplateVersions(db, asked.templateIds),
    senders: await findSenderChannels(db, [...new Set([...asked.senderIds, ...ofResources])]),
  };
}
