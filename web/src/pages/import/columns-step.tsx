import { Alert, Card, Grid, Select, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useResources } from '../../api/lists.ts';
import { guessDateOrder } from './guess-columns.ts';
import {
  type ColumnMapping,
  dateOrders,
  type FieldType,
  IGNORED,
  standardTypes,
  type Target,
} from './mapping.ts';
import { NewField } from './new-field.tsx';
import { findColumnFault, type ImportSettings } from './settings.ts';
import { StepButtons } from './step-buttons.tsx';
import { isEmptyCell, type OpenedTable, printCell } from './table.ts';

interface ColumnsStepProps {
  readonly table: OpenedTable;
  readonly settings: ImportSettings;
  readonly mappings: readonly ColumnMapping[];
  readonly types: Readonly<Record<string, FieldType>>;
  readonly onMappings: (mappings: readonly ColumnMapping[]) => void;
  readonly onBack: () => void;
  readonly onNext: () => void;
}

const NEW = 'new';

/** A target as the value of a choice, and back. */
function printTarget(target: Target): string {
  if (target.kind === 'field') return `field ${target.field}`;
  return target.kind === 'subscription' ? `subscription ${target.resourceId} ${target.channel}` : target.kind;
}

function readTarget(text: string): Target {
  if (text.startsWith('field ')) return { kind: 'field', field: text.slice('field '.length) };
  if (text === 'profile_id') return { kind: 'profile_id' };
  const [kind, id, channel] = text.split(' ');
  if (kind !== 'subscription') return { kind: 'ignore' };
  return { kind, resourceId: Number(id), channel: channel === 'email' ? 'email' : 'sms' };
}

function useTargets(settings: ImportSettings, types: Readonly<Record<string, FieldType>>) {
  const { t } = useTranslation('newImport');
  const { data: resources } = useResources();
  const own = Object.keys(types).filter((name) => !Object.hasOwn(standardTypes, name));
  const toField = (name: string) => ({ value: `field ${name}`, label: name });
  const subscriptions = (resources ?? [])
    .filter(({ databases }) => settings.databaseId !== null && databases.includes(settings.databaseId))
    .flatMap(({ id, name, channels }) =>
      (['email', 'sms'] as const)
        .filter((channel) => channels.includes(channel))
        .map((channel) => ({
          value: `subscription ${id} ${channel}`,
          label: t('columns.subscription', { resource: name, channel: t(`columns.channels.${channel}`) }),
        })),
    );
  return [
    {
      group: t('columns.other'),
      items: [
        { value: 'ignore', label: t('columns.ignore') },
        { value: NEW, label: t('columns.newField') },
        { value: 'profile_id', label: t('columns.ids') },
      ],
    },
    { group: t('columns.standard'), items: Object.keys(standardTypes).map(toField) },
    ...(own.length === 0 ? [] : [{ group: t('columns.own'), items: own.map(toField) }]),
    ...(subscriptions.length === 0 ? [] : [{ group: t('columns.subscriptions'), items: subscriptions }]),
  ];
}

/** What each column becomes. */
export function ColumnsStep(props: ColumnsStepProps) {
  const { table, settings, mappings, types, onMappings, onBack, onNext } = props;
  const { t } = useTranslation('newImport');
  const targets = useTargets(settings, types);
  /** The column that a new field is made for. */
  const [fieldFor, setFieldFor] = useState<number | null>(null);
  const fault = findColumnFault(settings, mappings);
  const change = (index: number, part: Partial<ColumnMapping>) =>
    onMappings(mappings.map((mapping, at) => (at === index ? { ...mapping, ...part } : mapping)));
  const choose = (index: number, value: string | null) => {
    if (value === NEW) setFieldFor(index);
    else if (value !== null) change(index, { target: readTarget(value) });
  };
  return (
    <Stack>
      <Title order={2}>{t('columns.title')}</Title>
      {table.columns.map((column, index) => (
        <Column
          key={column}
          column={column}
          examples={table.sample
            .map((row) => row[index])
            .filter((cell) => !isEmptyCell(cell))
            .map(printCell)}
          mapping={mappings[index] ?? IGNORED}
          type={typeOf(mappings[index], types)}
          targets={targets}
          onTarget={(value) => choose(index, value)}
          onDates={(dates) => change(index, { dates })}
        />
      ))}
      {fault === undefined ? null : (
        <Alert color="orange" role="alert">
          {fault.key === 'nothing'
            ? t('columns.nothing')
            : fault.key === 'twice'
              ? t('columns.twice', { field: fault.value })
              : t('columns.noKey', { key: fault.value })}
        </Alert>
      )}
      <StepButtons onBack={onBack} onNext={onNext} isDisabled={fault !== undefined} />
      {fieldFor === null || settings.databaseId === null ? null : (
        <NewField
          databaseId={settings.databaseId}
          column={table.columns[fieldFor] ?? ''}
          values={table.sample.map((row) => row[fieldFor])}
          onClose={() => setFieldFor(null)}
          onMade={(field) => {
            const texts = table.sample.map((row) => printCell(row[fieldFor]));
            change(fieldFor, { target: { kind: 'field', field }, dates: guessDateOrder(texts) });
            setFieldFor(null);
          }}
        />
      )}
    </Stack>
  );
}

function typeOf(
  mapping: ColumnMapping | undefined,
  types: Readonly<Record<string, FieldType>>,
): FieldType | undefined {
  return mapping?.target.kind === 'field' ? types[mapping.target.field] : undefined;
}

interface ColumnProps {
  readonly column: string;
  readonly examples: readonly string[];
  readonly mapping: ColumnMapping;
  readonly type: FieldType | undefined;
  readonly targets: ReturnType<typeof useTargets>;
  readonly onTarget: (value: string | null) => void;
  readonly onDates: (order: ColumnMapping['dates']) => void;
}

const EXAMPLES = 3;

function Column({ column, examples, mapping, type, targets, onTarget, onDates }: ColumnProps) {
  const { t } = useTranslation('newImport');
  const isDate = type === 'date' || type === 'datetime';
  return (
    <Card withBorder p="sm" component="section" aria-label={column}>
      <Grid align="center">
        <Grid.Col span={{ base: 12, sm: 5 }}>
          <Text fw={600} className="breakable">
            {column}
          </Text>
          <Text size="xs" c="dimmed" lineClamp={2}>
            {[...new Set(examples)].slice(0, EXAMPLES).join(' · ')}
          </Text>
        </Grid.Col>
        <Grid.Col span={{ base: 12, sm: isDate ? 4 : 7 }}>
          <Select
            aria-label={`${t('columns.goes')}: ${column}`}
            searchable
            allowDeselect={false}
            data={targets}
            value={printTarget(mapping.target)}
            onChange={onTarget}
          />
        </Grid.Col>
        {isDate ? (
          <Grid.Col span={{ base: 12, sm: 3 }}>
            <Select
              aria-label={`${t('columns.dates')}: ${column}`}
              allowDeselect={false}
              data={dateOrders.map((order) => ({ value: order, label: t(`columns.orders.${order}`) }))}
              value={mapping.dates}
              onChange={(value) => {
                const order = dateOrders.find((one) => one === value);
                if (order !== undefined) onDates(order);
              }}
            />
          </Grid.Col>
        ) : null}
      </Grid>
    </Card>
  );
}
