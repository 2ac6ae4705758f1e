import { Anchor, Box, Card, Group, Stack, Table, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { Shadows } from './shadows.tsx';

export interface Column<T> {
  readonly key: string;
  readonly header: string;
  readonly render: (row: T) => ReactNode;
  /** Figures stand to the right. */
  readonly align?: 'left' | 'right';
  readonly width?: number | string;
}

interface DataTableProps<T> {
  /** What the table lists, for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<T>[];
  /** undefined = they are being loaded. */
  readonly rows: readonly T[] | undefined;
  readonly rowKey: (row: T) => string | number;
  /** The page of a row: its first column becomes the link. */
  readonly linkOf?: (row: T) => string;
  /** In the place of a table without rows. */
  readonly empty: ReactNode;
  /** Whether other rows are being loaded. */
  readonly isStale?: boolean;
}

/** Below this a table would have to be pushed sideways; its rows become cards. */
const NARROW = '(max-width: 47.9em)';

function Cell<T>({ column, row, link }: { column: Column<T>; row: T; link: string | undefined }) {
  const content = column.render(row);
  if (link === undefined) return content;
  return (
    <Anchor component={Link} to={link} inherit className="breakable">
      {content}
    </Anchor>
  );
}

/** A list of things: a table, or cards where the window is narrow. */
export function DataTable<T>(props: DataTableProps<T>) {
  const isNarrow = useMediaQuery(NARROW, false, { getInitialValueInEffect: false });
  const { label, rows, empty, isStale = false } = props;
  if (rows === undefined) return <Shadows />;
  if (rows.length === 0) return empty;
  return (
    <Box style={{ opacity: isStale ? 0.6 : 1, transition: 'opacity 120ms' }} aria-busy={isStale}>
      {isNarrow ? <Cards {...props} rows={rows} /> : <Rows {...props} label={label} rows={rows} />}
    </Box>
  );
}

function Rows<T>({ label, columns, rows, rowKey, linkOf }: DataTableProps<T> & { rows: readonly T[] }) {
  return (
    <Table.ScrollContainer minWidth={640} type="native">
      <Table aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ key, header, align, width }) => (
              <Table.Th key={key} ta={align} w={width} style={{ whiteSpace: 'nowrap' }}>
                {header}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={rowKey(row)}>
              {columns.map((column, at) => (
                <Table.Td
                  key={column.key}
                  ta={column.align}
                  fw={at === 0 ? 500 : undefined}
                  className={column.align === 'right' ? 'figures' : undefined}
                >
                  <Cell column={column} row={row} link={at === 0 ? linkOf?.(row) : undefined} />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Cards<T>({ label, columns, rows, rowKey, linkOf }: DataTableProps<T> & { rows: readonly T[] }) {
  return (
    <Stack gap="xs" role="list" aria-label={label}>
      {rows.map((row) => (
        <Card key={rowKey(row)} withBorder p="sm" role="listitem">
          <Stack gap={6}>
            {columns.map((column, at) => (
              <Group key={column.key} justify="space-between" align="flex-start" wrap="nowrap" gap="md">
                {column.header === '' || at === 0 ? null : (
                  <Text size="sm" c="dimmed">
                    {column.header}
                  </Text>
                )}
                <Box
                  fz="sm"
                  fw={at === 0 ? 500 : undefined}
                  ta={at === 0 ? 'left' : 'right'}
                  miw={0}
                  flex={at === 0 ? 1 : undefined}
                  className="breakable"
                >
                  <Cell column={column} row={row} link={at === 0 ? linkOf?.(row) : undefined} />
                </Box>
              </Group>
            ))}
          </Stack>
        </Card>
      ))}
    </Stack>
  );
}
