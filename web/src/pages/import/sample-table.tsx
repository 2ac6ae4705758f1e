import { Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type OpenedTable, printCell } from './table.ts';

const ROWS = 5;

/** The first rows of the file, as they were understood. */
export function SampleTable({ table }: { readonly table: OpenedTable }) {
  const { t } = useTranslation('newImport');
  const rows = table.sample.slice(0, ROWS).map((cells, number) => ({ number, cells }));
  return (
    <Table.ScrollContainer minWidth={table.columns.length * 130} type="native">
      <Table aria-label={t('file.preview')} withColumnBorders>
        <Table.Thead>
          <Table.Tr>
            {table.columns.map((column) => (
              <Table.Th key={column}>{column}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ number, cells }) => (
            <Table.Tr key={number}>
              {table.columns.map((column, at) => (
                <Table.Td key={column}>
                  <Text size="sm" lineClamp={2}>
                    {printCell(cells[at])}
                  </Text>
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
