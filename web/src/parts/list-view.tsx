import type { ReactNode } from 'react';
import { type Column, DataTable } from './data-table.tsx';
import type { Keyset } from './keyset.ts';
import { Pager } from './pager.tsx';
import { ProblemAlert } from './problem-alert.tsx';

interface ListViewProps<T> {
  readonly list: Keyset<T>;
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rowKey: (row: T) => string | number;
  readonly linkOf?: (row: T) => string;
  readonly empty: ReactNode;
}

/** A list of `useKeyset` with everything around it: shadows, problems, emptiness, pages. */
export function ListView<T>({ list, ...table }: ListViewProps<T>) {
  if (list.error !== null && list.page === undefined) {
    return <ProblemAlert problem={list.error} onRetry={() => void list.refetch()} />;
  }
  return (
    <>
      <DataTable {...table} rows={list.page?.data} isStale={list.isStale} />
      <Pager list={list} />
    </>
  );
}
