import { Group, SegmentedControl, SimpleGrid, Stack } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChartsObject } from '../../../../src/http/admin/figure-contract.ts';
import { api } from '../../api/client.ts';
import { QueryView } from '../../parts/query-view.tsx';
import { currentLocale } from '../../words/languages.ts';
import { SeriesChart } from './series-chart.tsx';

const REFRESH_MS = 60_000;
/** What the server is asked for; the steps are in seconds. */
const periods = {
  day: { hours: 24, step: 1800 },
  week: { hours: 168, step: 10_800 },
} as const;
const periodNames = ['day', 'week'] as const;
type Period = (typeof periodNames)[number];

const timeStyles: Readonly<Record<Period, Intl.DateTimeFormatOptions>> = {
  day: { hour: '2-digit', minute: '2-digit' },
  week: { weekday: 'short', hour: '2-digit', minute: '2-digit' },
};

/** How it went, hour by hour. */
export function Charts() {
  const { t } = useTranslation('home');
  const [period, setPeriod] = useState<Period>('day');
  const figures = useQuery({
    queryKey: ['/figures', period],
    queryFn: ({ signal }) => api.get<ChartsObject>('/figures', periods[period], signal),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
  const time = new Intl.DateTimeFormat(currentLocale(), timeStyles[period]);
  const shared = { timeOf: (at: string) => time.format(new Date(at)), empty: t('nothing') };
  return (
    <Stack>
      <Group justify="flex-end">
        <SegmentedControl
          aria-label={t('period')}
          value={period}
          onChange={(value) => setPeriod(periodNames.find((one) => one === value) ?? 'day')}
          data={periodNames.map((value) => ({ value, label: t(`periods.${value}`) }))}
        />
      </Group>
      <QueryView query={figures} lines={12}>
        {({ imports, messages, deliveries, queue_seconds: ages }) => (
          <SimpleGrid cols={{ base: 1, lg: 2 }}>
            <SeriesChart {...shared} title={t('imports')} points={imports} kind="sums" />
            <SeriesChart {...shared} title={t('messages')} points={messages} kind="sums" />
            <SeriesChart {...shared} title={t('deliveries')} points={deliveries} kind="sums" />
            <SeriesChart
              {...shared}
              title={t('queue_seconds')}
              help={t('queueHelp')}
              points={ages}
              kind="longest"
              empty={
                ages.some(({ values }) => Object.keys(values).length > 0) ? t('noQueues') : t('noSamples')
              }
            />
          </SimpleGrid>
        )}
      </QueryView>
    </Stack>
  );
}
