import type { ColumnMapping, FieldType } from './mapping.ts';
import type { TableError } from './read-table.ts';
import type { OpenedTable, ReadOptions } from './table.ts';

/** What the page asks of the worker that holds the file. */
export type ToWorker =
  | { readonly kind: 'open'; readonly file: File; readonly options: ReadOptions }
  | {
      readonly kind: 'build';
      readonly mappings: readonly ColumnMapping[];
      readonly types: Readonly<Record<string, FieldType>>;
    };

/** What the worker tells. */
export type FromWorker =
  | { readonly kind: 'opened'; readonly table: OpenedTable }
  | { readonly kind: 'progress'; readonly share: number }
  | { readonly kind: 'built'; readonly blob: Blob }
  | {
      readonly kind: 'failed';
      readonly reason: TableError['reason'] | 'unreadable';
      readonly detail: string;
    };
