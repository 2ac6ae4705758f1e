import { Button, Modal, Stack, Text } from '@mantine/core';
import { IconPlus, IconWebhook } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HookObject } from '../../../../src/http/admin/hook-contract.ts';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { SecretOnce } from '../../parts/copy.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { HookForm, type HookWithSecret } from './hook-form.tsx';
import { HookState } from './hook-state.tsx';

export function HooksPage() {
  const { t } = useTranslation('hooks');
  const { t: common } = useTranslation('parts');
  const client = useQueryClient();
  const mayMake = useMay('editor');
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<HookWithSecret | null>(null);
  const hooks = useQuery({
    queryKey: ['/hooks'],
    queryFn: ({ signal }) => api.get<{ data: HookObject[] }>('/hooks', {}, signal),
  });
  const columns: Column<HookObject>[] = [
    { key: 'name', header: t('name'), render: ({ name }) => name },
    {
      key: 'url',
      header: t('url'),
      render: ({ url }) => (
        <Text inherit className="breakable">
          {url}
        </Text>
      ),
    },
    { key: 'events', header: t('events'), render: ({ events }) => events?.join(', ') ?? t('all') },
    { key: 'state', header: t('state'), render: (hook) => <HookState hook={hook} /> },
  ];
  const makeButton = mayMake ? (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setMaking(true)}>
      {t('make')}
    </Button>
  ) : null;
  return (
    <>
      <PageHeader title={t('title')} about={t('about')} actions={makeButton} />
      <QueryView query={hooks}>
        {({ data }) => (
          <DataTable
            label={t('title')}
            columns={columns}
            rows={data}
            rowKey={({ id }) => id}
            linkOf={({ id }) => `/hooks/${id}`}
            empty={
              <EmptyState icon={IconWebhook} title={t('empty')} text={t('emptyText')} action={makeButton} />
            }
          />
        )}
      </QueryView>
      {isMaking ? (
        <HookForm
          hook={undefined}
          onClose={() => setMaking(false)}
          onSaved={(hook) => {
            setMaking(false);
            setMade(hook);
            void client.invalidateQueries({ queryKey: ['/hooks'] });
          }}
        />
      ) : null}
      <Modal
        opened={made !== null}
        onClose={() => setMade(null)}
        closeOnClickOutside={false}
        title={t('secretTitle', { name: made?.name ?? '' })}
        closeButtonProps={{ 'aria-label': common('close') }}
      >
        <Stack>
          <SecretOnce label={t('secret')} secret={made?.secret ?? ''} />
          <Text size="sm">{t('secretHelp')}</Text>
        </Stack>
      </Modal>
    </>
  );
}
