import { Button } from '@mantine/core';
import { IconPlus, IconSend } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { ResourceObject } from '../../../../src/http/admin/resource-contract.ts';
import { useDatabases, useResources } from '../../api/lists.ts';
import { useMay } from '../../api/session.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { QueryView } from '../../parts/query-view.tsx';

export function ResourcesPage() {
  const { t } = useTranslation('resources');
  const resources = useResources();
  const { data: databases } = useDatabases();
  const mayMake = useMay('editor');
  const columns: Column<ResourceObject>[] = [
    { key: 'name', header: t('name'), render: ({ name }) => name },
    {
      key: 'channels',
      header: t('channels'),
      render: ({ channels }) => channels.map((channel) => t(`channel.${channel}`)).join(', '),
    },
    {
      key: 'databases',
      header: t('databases'),
      render: (resource) =>
        resource.databases.map((id) => databases?.find((one) => one.id === id)?.name ?? id).join(', '),
    },
    { key: 'categories', header: t('categories'), render: ({ categories }) => categories.join(', ') },
  ];
  const makeButton = mayMake ? (
    <Button component={Link} to="/resources/new" leftSection={<IconPlus size={16} aria-hidden />}>
      {t('make')}
    </Button>
  ) : null;
  return (
    <>
      <PageHeader title={t('title')} about={t('about')} actions={makeButton} />
      <QueryView query={resources}>
        {(data) => (
          <DataTable
            label={t('title')}
            columns={columns}
            rows={data}
            rowKey={({ id }) => id}
            linkOf={({ id }) => `/resources/${id}`}
            empty={
              <EmptyState icon={IconSend} title={t('empty')} text={t('emptyText')} action={makeButton} />
            }
          />
        )}
      </QueryView>
    </>
  );
}
