import { Button, Radio, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPlus, IconUsersGroup } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { SegmentObject } from '../../../../src/http/admin/segment-contract.ts';
import { api } from '../../api/client.ts';
import { useDatabases, useSegments } from '../../api/lists.ts';
import { useMay } from '../../api/session.ts';
import { FilterEditor } from '../../filter/filter-editor.tsx';
import { useCurrentDatabase } from '../../parts/current-database.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { FormModal } from '../../parts/form-modal.tsx';
import type { JsonRecord } from '../../parts/json-record.ts';
import { Moment } from '../../parts/moment.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { DatabasePick } from '../../parts/picks.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { takeProblem } from '../../parts/take-problem.ts';

const kinds = ['static', 'filter'] as const;

export function SegmentsPage() {
  const { t } = useTranslation('segments');
  const mayMake = useMay('editor');
  const segments = useSegments();
  const { data: databases } = useDatabases();
  const [isMaking, setMaking] = useState(false);
  const columns: Column<SegmentObject>[] = [
    { key: 'name', header: t('name'), render: ({ name }) => name },
    { key: 'kind', header: t('kind'), render: ({ kind }) => t(`kindShort.${kind}`) },
    {
      key: 'database',
      header: t('database'),
      render: (segment) => databases?.find(({ id }) => id === segment.database_id)?.name ?? '',
    },
    { key: 'made', header: t('made'), render: (segment) => <Moment time={segment.created_at} /> },
  ];
  const makeButton = mayMake ? (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setMaking(true)}>
      {t('make')}
    </Button>
  ) : null;
  return (
    <>
      <PageHeader title={t('title')} about={t('about')} actions={makeButton} />
      <QueryView query={segments}>
        {(data) => (
          <DataTable
            label={t('title')}
            columns={columns}
            rows={data}
            rowKey={({ id }) => id}
            linkOf={({ id }) => `/segments/${id}`}
            empty={
              <EmptyState
                icon={IconUsersGroup}
                title={t('empty')}
                text={t('emptyText')}
                action={makeButton}
              />
            }
          />
        )}
      </QueryView>
      {isMaking ? <NewSegment onClose={() => setMaking(false)} /> : null}
    </>
  );
}

function NewSegment({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation('segments');
  const { t: common } = useTranslation('parts');
  const client = useQueryClient();
  const navigate = useNavigate();
  const { database } = useCurrentDatabase();
  const [filter, setFilter] = useState<JsonRecord | undefined>({});
  const form = useForm<{ name: string; database_id: number | null; kind: string }>({
    initialValues: { name: '', database_id: database?.id ?? null, kind: 'static' },
    validate: {
      name: (value) => (value.trim() === '' ? common('required') : null),
      database_id: (value) => (value === null ? common('required') : null),
    },
  });
  const isFilter = form.values.kind === 'filter';
  const make = useMutation({
    mutationFn: (body: typeof form.values) =>
      api.post<SegmentObject>('/segments', { ...body, ...(isFilter ? { filter } : {}) }),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ['/segments'] });
      await navigate(`/segments/${id}`);
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
      size="xl"
    >
      <TextInput label={t('name')} data-autofocus {...form.getInputProps('name')} />
      <DatabasePick
        value={form.values.database_id}
        onChange={(id) => form.setFieldValue('database_id', id)}
        error={form.errors['database_id']}
        allowDeselect={false}
      />
      <Radio.Group label={t('kind')} {...form.getInputProps('kind')}>
        <Stack gap="xs" mt="xs">
          {kinds.map((kind) => (
            <Radio key={kind} value={kind} label={t(`kinds.${kind}`)} />
          ))}
        </Stack>
      </Radio.Group>
      {isFilter ? (
        <FilterEditor
          databaseId={form.values.database_id ?? undefined}
          value={filter ?? {}}
          onChange={setFilter}
        />
      ) : null}
    </FormModal>
  );
}
