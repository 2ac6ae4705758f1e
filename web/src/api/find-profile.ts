import type { ProfileObject } from '../../../src/http/admin/contract.ts';
import { api } from './client.ts';
import { toProblem } from './problem.ts';

const ID = /^[0-9a-f]{24}$/;

/** By which field a profile is looked for that somebody names so. */
export function searchFieldOf(text: string): 'email' | 'phones' | undefined {
  if (text.includes('@')) return 'email';
  return /^\+?[\d\s().-]{6,}$/.test(text) ? 'phones' : undefined;
}

/** The profile that is named by its id, an e-mail or a phone; the first one where several have it. */
export async function findProfile(databaseId: number, text: string): Promise<ProfileObject | undefined> {
  const name = text.trim();
  if (ID.test(name)) {
    try {
      return await api.get<ProfileObject>(`/profiles/${name}`, { database_id: databaseId });
    } catch (thrown) {
      if (toProblem(thrown).status === 404) return undefined;
      throw thrown;
    }
  }
  const field = searchFieldOf(name);
  if (field === undefined) return undefined;
  const query = { database_id: databaseId, field, value: name, limit: 1 };
  return (await api.get<{ data: ProfileObject[] }>('/profiles', query)).data[0];
}
