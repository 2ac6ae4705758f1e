import { Button, MultiSelect, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPlus, IconShieldX } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { SuppressionListObject } from '../../../../src/http/admin/suppression-contract.ts';
import { api } from '../../api/client.ts';
import { useDatabases } from '../../api/lists.ts';
import { useMay } from '../../api/session.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { FormModal } from '../../parts/form-modal.tsx';
import { Moment } from '../../parts/moment.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { takeProblem } from '../../parts/take-problem.ts';

export function ListsPage() {
  const { t } = useTranslation('suppression');
  const mayMake = useMay('editor');
  const [isMaking, setMaking] = useState(false);
  const { data: databases } = useDatabases();
  const lists = useQuery({
    queryKey: ['/suppression-lists'],
    queryFn: ({ signal }) => api.get<{ data: SuppressionListObject[] }>('/suppression-lists', {}, signal),
  });
  const columns: Column<SuppressionListObject>[] = [
    { key: 'name', header: t('name'), render: ({ name }) => name },
    {
      key: 'databases',
      header: t('databases'),
      render: (list) =>
        list.databases?.map((id) => databases?.find((one) => one.id === id)?.name ?? id).join(', ') ??
        t('every'),
    },
    { key: 'made', header: t('made'), render: (list) => <Moment time={list.created_at} /> },
  ];
  const makeButton = mayMake ? (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setMaking(true)}>
      {t('make')}
    </Button>
  ) : null;
  return (
    <>
      <PageHeader title={t('title')} about={t('about')} actions={makeButton} />
      <QueryView query={lists}>
        {({ data }) => (
          <DataTable
            label={t('title')}
            columns={columns}
            rows={data}
            rowKey={({ id }) => id}
            linkOf={({ id }) => `/suppression/${id}`}
            empty={
              <EmptyState icon={IconShieldX} title={t('empty')} text={t('emptyText')} action={makeButton} />
            }
          />
        )}
      </QueryView>
      {isMaking ? <NewList onClose={() => setMaking(false)} /> : null}
    </>
  );
}

function NewList({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation('suppression');
  const { t: common } = useTranslation('parts');
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data: databases } = useDatabases();
  const form = useForm<{ name: string; databases: string[] }>({
    initialValues: { name: '', databases: [] },
    validate: { name: (value) => (value.trim() === '' ? common('required') : null) },
  });
  const make = useMutation({
    mutationFn: ({ name, databases: ids }: typeof form.values) =>
      api.post<SuppressionListObject>('/suppression-lists', {
        name,
        databases: ids.length === 0 ? null : ids.map(Number),
      }),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ['/suppression-lists'] });
      await navigate(`/suppression/${id}`);
    },
    onError: (thrown) => takeProblem(form, thrown),
  });
  return (
    <FormModal
      title={t('make')}
      isOpen
      onClose={onClose}
      onSubmit={form.onSubmit((values) => make.mutate(values))}
      action={t('makeAction')}
      isPending={make.isPending}
      problem={make.error}
    >
      <TextInput label={t('name')} data-autofocus {...form.getInputProps('name')} />
      <MultiSelect
        label={t('databases')}
        placeholder={t('every')}
        clearable
        data={(databases ?? []).map(({ id, name }) => ({ value: String(id), label: name }))}
        {...form.getInputProps('databases')}
      />
    </FormModal>
  );
}
