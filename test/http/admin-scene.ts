import { ManualClock } from '../../src/base/index.ts';
import { type AdminClient, createAdminClient } from './admin-client.ts';
import { createTestServer, type TestServer } from './test-server.ts';

export const NOW = '2026-03-02T10:00:00.000Z';

/** A server with the databases 1 and 2. */
export interface AdminScene {
  readonly server: TestServer;
  readonly clock: ManualClock;
  readonly admin: AdminClient;
  /** An administrator of one of the databases alone. */
  readonly bound: AdminClient;
}

export async function openAdminScene(boundTo: 1 | 2 = 1): Promise<AdminScene> {
  const clock = new ManualClock(new Date(NOW));
  const server = await createTestServer({}, { clock });
  const admin = createAdminClient(server, await server.makeToken(['admin']));
  const bound = createAdminClient(server, await server.makeToken(['admin'], [boundTo]));
  for (const name of ['First', 'Second']) await admin.make('/databases', { name });
  return { server, clock, admin, bound };
}
