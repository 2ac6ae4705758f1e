import { mayUse, type Token } from '../../accounts/index.ts';
import { MusterError } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { findResource, listResources, type Resource } from '../../profiles/index.ts';

const rights = ['read', 'import'] as const;

/** The resource as the token sees it: with its databases alone. Undefined where it has none of them. */
function toSeen(token: Token, resource: Resource): Resource | undefined {
  const databaseIds = resource.databaseIds.filter((id) => rights.some((right) => mayUse(token, right, id)));
  return databaseIds.length === 0 && token.databaseIds !== null ? undefined : { ...resource, databaseIds };
}

export async function listSeenResources(db: Db, token: Token): Promise<Resource[]> {
  return (await listResources(db, null)).flatMap((resource) => toSeen(token, resource) ?? []);
}

/** @throws {MusterError} 404 also for a resource that the token may not see. */
export async function findSeenResource(db: Db, token: Token, id: number): Promise<Resource> {
  const resource = await findResource(db, id);
  const seen = resource === undefined ? undefined : toSeen(token, resource);
  if (seen === undefined)
    throw new MusterError(404, { field: 'id', detail: `id: there is no resource ${id}` });
  return seen;
}
