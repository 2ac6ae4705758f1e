import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Static } from 'typebox';
import type { openedSession, sessionState, UserObject } from '../../../src/http/admin/account-contract.ts';
import { api, keepCsrfToken } from './client.ts';
import { SESSION_KEY } from './query-client.ts';

export type SessionState = Static<typeof sessionState>;
export type OpenedSession = Static<typeof openedSession>;
export type Role = UserObject['role'];

const ranks: Readonly<Record<Role, number>> = { viewer: 0, editor: 1, owner: 2 };

/** Who is logged in, as the server sees it. */
export function useSessionState() {
  return useQuery({
    queryKey: SESSION_KEY,
    queryFn: async ({ signal }) => {
      const state = await api.get<SessionState>('/session', {}, signal);
      keepCsrfToken(state.csrf_token);
      return state;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What this installation is called, if its owners have named it. */
export function useInstallationName(): string | null {
  return useSessionState().data?.name ?? null;
}

/** The user on whose behalf a page below the shell works; they are known there. */
export function useUser(): UserObject {
  const { data } = useSessionState();
  if (!data?.user) throw new Error('a page was shown without a session');
  return data.user;
}

/** Whether the user may do what that role may. */
export function useMay(role: Role): boolean {
  return ranks[useUser().role] >= ranks[role];
}

/** What to do with a session that was opened, changed or ended (null). */
export function useKeepSession(): (opened: Partial<OpenedSession> | null) => void {
  const client = useQueryClient();
  return (opened) => {
    if (opened === null) {
      keepCsrfToken(null);
      client.setQueryData<SessionState>(SESSION_KEY, (state) =>
        state === undefined ? undefined : { ...state, user: null, csrf_token: null },
      );
      // Nobody who comes after sees what was loaded for the one before.
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION_KEY[0] });
      return;
    }
    if (opened.csrf_token !== undefined) keepCsrfToken(opened.csrf_token);
    client.setQueryData<SessionState>(SESSION_KEY, (state) =>
      state === undefined
        ? undefined
        : {
            ...state,
            setup_needed: false,
            user: opened.user ?? state.user,
            csrf_token: opened.csrf_token ?? state.csrf_token,
          },
    );
  };
}

/** What to do with settings that were changed, which the session tells as well. */
export function useKeepSettings(): (changed: Pick<SessionState, 'name' | 'notice' | 'language'>) => void {
  const client = useQueryClient();
  return ({ name, notice, language }) => {
    client.setQueryData<SessionState>(SESSION_KEY, (state) =>
      state === undefined ? undefined : { ...state, name, notice, language },
    );
  };
}
