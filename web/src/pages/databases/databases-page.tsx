import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconDatabase, IconPlus } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { DatabaseObject } from '../../../../src/http/admin/contract.ts';
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

export function DatabasesPage() {
  const { t } = useTranslation('databases');
  const mayMake = useMay('editor');
  const databases = useDatabases();
  const [isMaking, setMaking] = useState(false);
  const columns: Column<DatabaseObject>[] = [
    { key: 'name', header: t('name'), render: ({ name }) => name },
    { key: 'unknown', header: t('unknown'), render: (one) => t(`unknowns.${one.unknown_fields}`) },
    { key: 'country', header: t('country'), render: (one) => one.phone_country },
    { key: 'made', header: t('made'), render: (one) => <Moment time={one.created_at} /> },
  ];
  const makeButton = mayMake ? (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setMaking(true)}>
      {t('make')}
    </Button>
  ) : null;
  return (
    <>
      <PageHeader title={t('title')} about={t('about')} actions={makeButton} />
      <QueryView query={databases}>
        {(data) => (
          <DataTable
            label={t('title')}
            columns={columns}
            rows={data}
            rowKey={({ id }) => id}
            linkOf={({ id }) => `/databases/${id}`}
            empty={<EmptyState icon={IconDatabase} title={t('title')} action={makeButton} />}
          />
        )}
      </QueryView>
      {isMaking ? <NewDatabase onClose={() => setMaking(false)} /> : null}
    </>
  );
}

function NewDatabase({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation('databases');
  const { t: common } = useTranslation('parts');
  const client = useQueryClient();
  const navigate = useNavigate();
  const form = useForm({
    initialValues: { name: '' },
    validate: { name: (value) => (value.trim() === '' ? common('required') : null) },
  });
  const make = useMutation({
    mutationFn: (body: { name: string }) => api.post<DatabaseObject>('/databases', body),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ['/databases'] });
      await navigate(`/databases/${id}`);
    },
    onError: (thrown) => takeProblem(form, thrown),
  });
  return (
    <FormModal
      title={t('make')}
      isOpen
      onClose={onClose}
      onSubmit={form.onSubmit((body) => make.mutate(body))}
      action={t('makeAction')}
      isPending={make.isPending}
      problem={make.error}
    >
      <TextInput label={t('name')} data-autofocus {...form.getInputProps('name')} />
    </FormModal>
  );
}
