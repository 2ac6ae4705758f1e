import type { JsonObject } from '../../base/index.ts';
import { CliError } from '../cli-error.ts';

/** Columns that Muster itself writes beside rows that failed, so that the file can be mended and imported again. */
export const OWN_COLUMN = 'muster_';

/** What stands beside the fields of the profile in an item. */
const beside = ['content', 'custom_data'] as const;

type Put = (item: { data: JsonObject } & JsonObject, cell: string) => void;

export interface ColumnSettings {
  /** `column=field`, each. */
  readonly maps: readonly string[];
  readonly skipped: readonly string[];
}

function parseMaps(maps: readonly string[]): Map<string, string> {
  return new Map(
    maps.map((text) => {
      // A column may have a = in its name; a field cannot.
      const place = text.lastIndexOf('=');
      const [column, field] = [text.slice(0, place).trim(), text.slice(place + 1).trim()];
      if (place < 0 || column === '' || field === '') {
        throw new CliError(`--map: expected column=field, got “${text}”`);
      }
      return [column, field];
    }),
  );
}

function requireColumns(option: string, names: Iterable<string>, header: readonly string[]): void {
  for (const name of names) {
    if (header.includes(name)) continue;
    throw new CliError(`${option}: the file has no column “${name}”, only ${header.join(', ')}`);
  }
}

function createPut(target: string): Put {
  const place = beside.find((name) => target.startsWith(`${name}.`));
  if (place === undefined) {
    return ({ data }, cell) => {
      data[target] = cell;
    };
  }
  const key = target.slice(place.length + 1);
  return (item, cell) => {
    const known = item[place];
    const object = typeof known === 'object' && known !== null && !Array.isArray(known) ? known : {};
    item[place] = { ...object, [key]: cell };
  };
}

/**
 * What becomes of the cells of a row: each goes to the field that its column is named after or mapped to, one that is
 * empty nowhere, so that the profile keeps what it has.
 * @throws {CliError} for columns that are not there, and fields that are meant twice.
 */
export function createColumnMap(
  header: readonly string[],
  { maps, skipped }: ColumnSettings,
): (cells: readonly string[]) => JsonObject {
  const mapped = parseMaps(maps);
  requireColumns('--map', mapped.keys(), header);
  requireColumns('--skip', skipped, header);
  const taken = new Set<string>();
  const puts = header.map((column) => {
    if (column === '' || column.startsWith(OWN_COLUMN) || skipped.includes(column)) return undefined;
    const target = mapped.get(column) ?? column;
    if (taken.has(target)) {
      throw new CliError(`two columns go to the field “${target}”`, 'leave one out by --skip');
    }
    taken.add(target);
    return createPut(target);
  });
  return (cells) => {
    const item = { data: {} };
    for (const [index, cell] of cells.entries()) if (cell !== '') puts[index]?.(item, cell);
    return item;
  };
}
