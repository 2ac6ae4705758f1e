import { Button, Card, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FieldObject } from '../../../../src/http/admin/contract.ts';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { useFormat } from '../../parts/format.ts';
import { QueryView } from '../../parts/query-view.tsx';
import { FieldForm } from './field-form.tsx';

const LIVE_MS = 1_000;

function isBuilding({ build }: FieldObject): boolean {
  return build !== null && !['done', 'failed', 'removed'].includes(build.state);
}

/** The fields of a database; while an index is built, looked at again and again. */
export function Fields({ databaseId }: { readonly databaseId: number }) {
  const { t } = useTranslation('databases');
  const mayChange = useMay('editor');
  const [open, setOpen] = useState<FieldObject | 'new' | null>(null);
  const fields = useQuery({
    queryKey: [`/databases/${databaseId}/fields`, 'live'],
    queryFn: async ({ signal }) =>
      (await api.get<{ data: FieldObject[] }>(`/databases/${databaseId}/fields`, {}, signal)).data,
    refetchInterval: ({ state }) => (state.data?.some(isBuilding) ? LIVE_MS : false),
  });
  const columns: Column<FieldObject>[] = [
    { key: 'name', header: t('name'), render: ({ name }) => name },
    { key: 'type', header: t('type'), render: ({ type }) => t(`types.${type}`) },
    {
      key: 'flags',
      header: '',
      render: (field) =>
        (['match', 'unique', 'required'] as const)
          .filter((flag) => field[flag])
          .map((flag) => t(flag))
          .join(', '),
    },
    { key: 'build', header: t('building'), render: (field) => <Build field={field} /> },
    {
      key: 'actions',
      header: '',
      align: 'right',
      render: (field) =>
        mayChange ? (
          <Button
            size="compact-sm"
            variant="subtle"
            aria-label={`${t('change')}: ${field.name}`}
            onClick={() => setOpen(field)}
          >
            {t('change')}
          </Button>
        ) : null,
    },
  ];
  const addButton = mayChange ? (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setOpen('new')}>
      {t('addField')}
    </Button>
  ) : null;
  return (
    <Card withBorder component="section" aria-label={t('fields')}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h3">
          {t('fields')}
        </Title>
        {addButton}
      </Group>
      <Text size="sm" c="dimmed" mb="sm">
        {t('fieldsAbout')}
      </Text>
      <QueryView query={fields}>
        {(data) => (
          <DataTable
            label={t('fields')}
            columns={columns}
            rows={data}
            rowKey={({ id }) => id}
            empty={<EmptyState title={t('noFields')} text={t('noFieldsText')} action={addButton} />}
          />
        )}
      </QueryView>
      {open === null ? null : (
        <FieldForm databaseId={databaseId} field={open} onClose={() => setOpen(null)} />
      )}
    </Card>
  );
}

/** How far the work on the index of a field is. */
function Build({ field }: { readonly field: FieldObject }) {
  const { t } = useTranslation('databases');
  const format = useFormat();
  const { build, indexed } = field;
  if (build?.fault != null) {
    return (
      <Text inherit c="var(--mantine-color-error)" className="breakable">
        {t('fault', { fault: build.fault })}
      </Text>
    );
  }
  if (build === null || !isBuilding(field)) return indexed ? t('indexed') : '';
  const total = build.total ?? 0;
  const figures = t('progress', { done: format.number(build.done), total: format.number(total) });
  return (
    <Stack gap={2}>
      <Progress value={total === 0 ? 0 : (100 * build.done) / total} aria-label={t('building')} />
      <Text size="xs" className="figures">
        {figures}
      </Text>
    </Stack>
  );
}
