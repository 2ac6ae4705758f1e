import { BarChart, LineChart } from '@mantine/charts';
import '@mantine/charts/styles.css';
import { Box, Card, ColorSwatch, Group, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ChartPoint } from '../../../../src/http/admin/figure-contract.ts';
import { useFormat } from '../../parts/format.ts';
import type { en } from './words.ts';

export type SeriesName = keyof typeof en.series;

/** By what it says: good, neutral, bad; then by what tells neighbours apart. */
const colors: Readonly<Record<SeriesName, string>> = {
  profile_created: 'teal.7',
  profile_updated: 'blue.6',
  refused: 'red.7',
  send: 'blue.6',
  deliv: 'teal.7',
  undeliv: 'orange.7',
  sbounce: 'yellow.7',
  hbounce: 'red.7',
  open: 'cyan.7',
  click: 'violet.6',
  unsub: 'gray.6',
  done: 'teal.7',
  parked: 'red.7',
  import: 'blue.6',
  run: 'teal.7',
  call: 'orange.7',
  message: 'violet.6',
  hook: 'red.7',
};
const names = Object.keys(colors);
const HEIGHT = 180;

function isSeries(name: string): name is SeriesName {
  return Object.hasOwn(colors, name);
}

interface SeriesChartProps {
  readonly title: string;
  readonly help?: string;
  readonly points: readonly ChartPoint[];
  /** sums: bars upon each other; longest: lines, in seconds. */
  readonly kind: 'sums' | 'longest';
  /** Says the time of a point, short enough for an axis. */
  readonly timeOf: (at: string) => string;
  /** In the place of a chart without anything on it. */
  readonly empty: string;
}

/** One chart; its legend says what it comes to, also to those who do not see it. */
export function SeriesChart({ title, help, points, kind, timeOf, empty }: SeriesChartProps) {
  const { t } = useTranslation('home');
  const format = useFormat();
  const used = Object.keys(points[0]?.values ?? {})
    .filter(isSeries)
    .filter((name) => points.some(({ values }) => (values[name] ?? 0) > 0))
    .sort((a, b) => names.indexOf(a) - names.indexOf(b));
  const data = points.map(({ at, values }) => ({ at: timeOf(at), ...values }));
  const series = used.map((name) => ({ name, color: colors[name], label: t(`series.${name}`) }));
  const totals = used.map((name) => {
    const all = points.map(({ values }) => values[name] ?? 0);
    const text =
      kind === 'sums'
        ? format.number(all.reduce((sum, one) => sum + one, 0))
        : t('longest', { time: format.duration(Math.max(...all)) });
    return { name, label: t(`series.${name}`), text };
  });
  const shown = totals.map(({ label, text }) => `${label} ${text}`).join(', ');
  const props = {
    ...{ h: HEIGHT, data, dataKey: 'at', series, withLegend: false, strokeDasharray: 'none' },
    valueFormatter: (value: number) => (kind === 'sums' ? format.number(value) : format.duration(value)),
    xAxisProps: { minTickGap: 28 },
    yAxisProps: { width: 48, allowDecimals: false },
  };
  return (
    <Card withBorder>
      <Title order={2} size="h3">
        {title}
      </Title>
      {help === undefined ? null : (
        <Text size="sm" c="dimmed">
          {help}
        </Text>
      )}
      {used.length === 0 ? (
        <Text c="dimmed" size="sm" py="xl">
          {empty}
        </Text>
      ) : (
        <>
          <Group my="xs" style={{ columnGap: 16, rowGap: 4 }}>
            {totals.map(({ name, label, text }) => (
              <Group key={name} gap={6} wrap="nowrap">
                <ColorSwatch size={10} color={toVariable(colors[name])} withShadow={false} aria-hidden />
                <Text size="sm" className="figures">
                  {label} <b>{text}</b>
                </Text>
              </Group>
            ))}
          </Group>
          <Box role="img" aria-label={t('chartOf', { title, totals: shown })}>
            {kind === 'sums' ? (
              <BarChart {...props} type="stacked" barProps={{ isAnimationActive: false }} />
            ) : (
              <LineChart
                {...props}
                withDots={false}
                curveType="linear"
                lineProps={{ isAnimationActive: false }}
              />
            )}
          </Box>
        </>
      )}
    </Card>
  );
}

function toVariable(color: string): string {
  return `var(--mantine-color-${color.replace('.', '-')})`;
}
