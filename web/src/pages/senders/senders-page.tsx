import { Button } from '@mantine/core';
import { IconMailCog, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { SenderObject } from '../../../../src/http/admin/sender-contract.ts';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Moment } from '../../parts/moment.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { QueryView } from '../../parts/query-view.tsx';

export function SendersPage() {
  const { t } = useTranslation('senders');
  const mayMake = useMay('editor');
  const senders = useQuery({
    queryKey: ['/senders'],
    queryFn: ({ signal }) => api.get<{ data: SenderObject[] }>('/senders', {}, signal),
  });
  const columns: Column<SenderObject>[] = [
    { key: 'name', header: t('name'), render: ({ name }) => name },
    { key: 'channel', header: t('channel'), render: ({ channel }) => t(`channels.${channel}`) },
    { key: 'changed', header: t('changed'), render: (sender) => <Moment time={sender.updated_at} /> },
  ];
  const makeButton = mayMake ? (
    <Button component={Link} to="/senders/new" leftSection={<IconPlus size={16} aria-hidden />}>
      {t('make')}
    </Button>
  ) : null;
  return (
    <>
      <PageHeader title={t('title')} about={t('about')} actions={makeButton} />
      <QueryView query={senders}>
        {({ data }) => (
          <DataTable
            label={t('title')}
            columns={columns}
            rows={data}
            rowKey={({ id }) => id}
            linkOf={({ id }) => `/senders/${id}`}
            empty={
              <EmptyState icon={IconMailCog} title={t('empty')} text={t('emptyText')} action={makeButton} />
            }
          />
        )}
      </QueryView>
    </>
  );
}
