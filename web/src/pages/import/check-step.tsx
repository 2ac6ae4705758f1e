import { Alert, Card, Group, Loader, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { CheckedObject, ForecastObject } from '../../../../src/http/admin/import-contract.ts';
import { api } from '../../api/client.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { useFormat } from '../../parts/format.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { type Mood, StateBadge } from '../../parts/state-badge.tsx';
import { buildItem, type Item } from './build-items.ts';
import type { ColumnMapping, FieldType } from './mapping.ts';
import { documentsOf, type ImportSettings, keysOf } from './settings.ts';
import { StepButtons } from './step-buttons.tsx';
import type { OpenedTable } from './table.ts';

const CHECKED_ROWS = 100;
const moods: Readonly<Record<ForecastObject['action'], Mood>> = {
  create: 'good',
  update: 'busy',
  leave: 'quiet',
  refuse: 'bad',
};
const actions = ['create', 'update', 'leave', 'refuse'] as const;

interface CheckStepProps {
  readonly table: OpenedTable;
  readonly settings: ImportSettings;
  readonly mappings: readonly ColumnMapping[];
  readonly types: Readonly<Record<string, FieldType>>;
  readonly onBack: () => void;
  readonly onNext: () => void;
}

interface Row {
  readonly forecast: ForecastObject;
  readonly item: Item | undefined;
}

/** A profile by what people know it by. */
function nameOf(item: Item | undefined): string {
  const { email, phones, _fname, _lname } = item?.data ?? {};
  const name = [_fname, _lname].filter((part) => typeof part === 'string').join(' ');
  const contact = typeof email === 'string' ? email : [phones].flat().map(String).join(', ');
  return [name, contact === 'undefined' ? '' : contact].filter((part) => part !== '').join(', ');
}

function useColumns(): Column<Row>[] {
  const { t } = useTranslation('newImport');
  return [
    { key: 'row', header: t('check.row'), width: 80, render: ({ forecast }) => forecast.item + 1 },
    { key: 'profile', header: t('check.profile'), render: ({ item }) => nameOf(item) },
    {
      key: 'action',
      header: t('check.action'),
      render: ({ forecast: { action } }) => (
        <StateBadge mood={moods[action]}>{t(`check.${action}`)}</StateBadge>
      ),
    },
    {
      key: 'details',
      header: t('check.details'),
      render: ({ forecast }) => {
        const { error_text: text, changed_fields: fields, duplicate_of: duplicate } = forecast;
        const parts = [
          text ?? '',
          forecast.action === 'update' && fields !== undefined
            ? t('check.fields', { fields: fields.join(', ') })
            : '',
          duplicate === undefined ? '' : t('check.duplicate', { row: duplicate + 1 }),
        ];
        return parts.filter((part) => part !== '').join('; ');
      },
    },
  ];
}

/** The first rows are tried by the server, which takes everything back. */
export function CheckStep({ table, settings, mappings, types, onBack, onNext }: CheckStepProps) {
  const { t } = useTranslation('newImport');
  const items = table.sample
    .slice(0, CHECKED_ROWS)
    .map((row) => buildItem(row, mappings, (field) => types[field] ?? 'string'));
  const body = { ...keysOf(settings), ...documentsOf(settings), data: items };
  const check = useQuery({
    queryKey: ['/imports/check', JSON.stringify(body)],
    queryFn: () => api.post<CheckedObject>('/imports/check', body),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Stack>
      <Title order={2}>{t('check.title', { count: items.length })}</Title>
      <Text c="dimmed">{t('check.about')}</Text>
      {check.isPending ? (
        <Group>
          <Loader size="sm" />
          <Text>{t('check.checking')}</Text>
        </Group>
      ) : null}
      {check.error === null ? null : (
        <ProblemAlert problem={check.error} onRetry={() => void check.refetch()} />
      )}
      {check.data === undefined ? null : <Forecast checked={check.data} items={items} />}
      <StepButtons onBack={onBack} onNext={onNext} isDisabled={check.data === undefined} />
    </Stack>
  );
}

function Forecast({ checked, items }: { readonly checked: CheckedObject; readonly items: readonly Item[] }) {
  const { t } = useTranslation('newImport');
  const format = useFormat();
  const columns = useColumns();
  const { result } = checked;
  const rank = (forecast: ForecastObject) => (forecast.action === 'refuse' ? 0 : 1);
  const rows = result
    .toSorted((left, right) => rank(left) - rank(right) || left.item - right.item)
    .map((forecast) => ({ forecast, item: items[forecast.item] }));
  const countOf = (action: ForecastObject['action']) => result.filter((one) => one.action === action).length;
  const starts = result.filter(({ start }) => start === 'start').length;
  const skips = result.filter(({ start }) => start === 'skip_reentry').length;
  const sums: [string, number][] = [
    ...actions.map((action): [string, number] => [t(`check.${action}`), countOf(action)]),
    ...(starts + skips === 0
      ? []
      : [
          [t('check.start'), starts] satisfies [string, number],
          [t('check.skip'), skips] satisfies [string, number],
        ]),
  ];
  return (
    <>
      {countOf('refuse') === result.length ? (
        <Alert color="red" role="alert">
          {t('check.allRefused')}
        </Alert>
      ) : null}
      <SimpleGrid cols={{ base: 2, sm: sums.length }}>
        {sums.map(([name, count]) => (
          <Card key={name} withBorder p="sm">
            <Text size="sm" c="dimmed">
              {name}
            </Text>
            <Text size="xl" fw={700} className="figures">
              {format.number(count)}
            </Text>
          </Card>
        ))}
      </SimpleGrid>
      <DataTable
        label={t('steps.check')}
        columns={columns}
        rows={rows}
        rowKey={({ forecast }) => forecast.item}
        empty={null}
      />
    </>
  );
}
