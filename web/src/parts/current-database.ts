import { useLocalStorage } from '@mantine/hooks';
import { useSearchParams } from 'react-router';
import type { DatabaseObject } from '../../../src/http/admin/contract.ts';
import { useDatabases } from '../api/lists.ts';

interface CurrentDatabase {
  /** undefined while they are loaded, or when there is none. */
  readonly database: DatabaseObject | undefined;
  readonly databases: readonly DatabaseObject[] | undefined;
  readonly choose: (id: number | null) => void;
}

/** The database that pages of profiles and segments work in: `?database=` of the address, else the last one chosen. */
export function useCurrentDatabase(): CurrentDatabase {
  const { data: databases } = useDatabases();
  const [search, setSearch] = useSearchParams();
  const [kept, keep] = useLocalStorage<number | null>({ key: 'muster-database', defaultValue: null });
  const find = (id: number | null) => databases?.find((one) => one.id === id);
  const asked = search.get('database');
  return {
    database: find(asked === null ? null : Number(asked)) ?? find(kept) ?? databases?.[0],
    databases,
    choose: (id) => {
      keep(id);
      setSearch((old) => {
        const next = new URLSearchParams(old);
        if (id === null) next.delete('database');
        else next.set('database', String(id));
        return next;
      });
    },
  };
}
