import { Button, Group, NumberInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconApi } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BudgetObject } from '../../../../src/http/admin/budget-contract.ts';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { useConfirm } from '../../parts/confirm.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { FormModal } from '../../parts/form-modal.tsx';
import { useFormat } from '../../parts/format.ts';
import { Moment } from '../../parts/moment.tsx';
import { tellDone, tellProblem } from '../../parts/notify.ts';
import { QueryView } from '../../parts/query-view.tsx';
import { type Mood, StateBadge } from '../../parts/state-badge.tsx';

const moods: Readonly<Record<BudgetObject['breaker'], Mood>> = {
  closed: 'good',
  open: 'bad',
  half_open: 'warning',
};
const REFRESH_MS = 5_000;

/** Those of senders are set with the sender. */
function isSettable(key: string): boolean {
  return /^(host|hook) /.test(key);
}

function useColumns(
  onChange: (budget: BudgetObject) => void,
  onReset: (key: string) => void,
): Column<BudgetObject>[] {
  const { t } = useTranslation('hosts');
  const format = useFormat();
  const mayChange = useMay('editor');
  return [
    { key: 'place', header: t('place'), render: ({ key }) => key },
    {
      key: 'breaker',
      header: t('breaker'),
      render: ({ breaker }) => <StateBadge mood={moods[breaker]}>{t(`breakers.${breaker}`)}</StateBadge>,
    },
    {
      key: 'underWay',
      header: t('underWay'),
      align: 'right',
      render: ({ under_way: count }) => (count === null ? '' : format.number(count)),
    },
    {
      key: 'concurrency',
      header: t('concurrency'),
      align: 'right',
      render: ({ concurrency }) => (concurrency === null ? t('default') : format.number(concurrency)),
    },
    {
      key: 'perSecond',
      header: t('perSecond'),
      align: 'right',
      render: ({ per_second: limit }) => (limit === null ? t('noLimit') : format.number(limit, 2)),
    },
    { key: 'why', header: t('why'), render: ({ reason }) => reason ?? '' },
    {
      key: 'retry',
      header: t('retry'),
      render: ({ retry_at: time }) => (time === null ? '' : <Moment time={time} />),
    },
    {
      key: 'actions',
      header: '',
      align: 'right',
      render: (budget) =>
        mayChange && isSettable(budget.key) ? (
          <Group gap={4} wrap="nowrap" justify="flex-end">
            <Button size="compact-sm" variant="subtle" onClick={() => onChange(budget)}>
              {t('change')}
            </Button>
            <Button size="compact-sm" variant="subtle" onClick={() => onReset(budget.key)}>
              {t('reset')}
            </Button>
          </Group>
        ) : null,
    },
  ];
}

export function Hosts() {
  const { t } = useTranslation('hosts');
  const confirm = useConfirm();
  const client = useQueryClient();
  const [changed, setChanged] = useState<BudgetObject | null>(null);
  const budgets = useQuery({
    queryKey: ['/budgets'],
    queryFn: ({ signal }) => api.get<{ data: BudgetObject[] }>('/budgets', {}, signal),
    refetchInterval: REFRESH_MS,
  });
  const reset = useMutation({
    mutationFn: (key: string) => api.delete<unknown>('/budgets', { key }),
    onSuccess: async () => {
      tellDone(t('resetDone'));
      await client.invalidateQueries({ queryKey: ['/budgets'] });
    },
    onError: tellProblem,
  });
  const columns = useColumns(setChanged, (place) =>
    confirm({
      title: t('resetTitle', { place }),
      text: t('resetText'),
      action: t('reset'),
      onConfirm: () => reset.mutate(place),
    }),
  );
  return (
    <QueryView query={budgets}>
      {({ data }) => (
        <>
          <DataTable
            label={t('tabs.hosts')}
            columns={columns}
            rows={data}
            rowKey={({ key }) => key}
            empty={<EmptyState icon={IconApi} title={t('noHosts')} text={t('noHostsText')} />}
          />
          {changed === null ? null : <Limits budget={changed} onClose={() => setChanged(null)} />}
        </>
      )}
    </QueryView>
  );
}

function Limits({ budget, onClose }: { readonly budget: BudgetObject; readonly onClose: () => void }) {
  const { t } = useTranslation('hosts');
  const { t: common } = useTranslation('parts');
  const client = useQueryClient();
  const form = useForm<{ concurrency: number | ''; per_second: number | '' }>({
    initialValues: { concurrency: budget.concurrency ?? '', per_second: budget.per_second ?? '' },
  });
  const save = useMutation({
    mutationFn: ({ concurrency, per_second: perSecond }: typeof form.values) =>
      api.put<unknown>('/budgets', {
        key: budget.key,
        concurrency: concurrency === '' ? null : concurrency,
        per_second: perSecond === '' ? null : perSecond,
      }),
    onSuccess: async () => {
      tellDone(common('saved'));
      await client.invalidateQueries({ queryKey: ['/budgets'] });
      onClose();
    },
  });
  return (
    <FormModal
      title={t('changeTitle', { place: budget.key })}
      isOpen
      onClose={onClose}
      onSubmit={form.onSubmit((values) => save.mutate(values))}
      action={common('save')}
      isPending={save.isPending}
      problem={save.error}
    >
      <NumberInput
        label={t('concurrency')}
        placeholder={t('default')}
        min={1}
        allowDecimal={false}
        {...form.getInputProps('concurrency')}
      />
      <NumberInput
        label={t('perSecond')}
        placeholder={t('noLimit')}
        min={0.001}
        {...form.getInputProps('per_second')}
      />
    </FormModal>
  );
}
