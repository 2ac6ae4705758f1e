import { Button } from '@mantine/core';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CreatedTokenObject, TokenObject } from '../../../../src/http/admin/contract.ts';
import { api } from '../../api/client.ts';
import { useDatabases } from '../../api/lists.ts';
import { useMay } from '../../api/session.ts';
import { useConfirm } from '../../parts/confirm.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Moment } from '../../parts/moment.tsx';
import { tellDone, tellProblem } from '../../parts/notify.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { MadeToken } from './made-token.tsx';
import { NewToken } from './new-token.tsx';

/** Those that are in use first, the newest of each before the others. */
function byUse(left: TokenObject, right: TokenObject): number {
  return Number(left.revoked_at !== null) - Number(right.revoked_at !== null) || right.id - left.id;
}

function useColumns(revoke: (token: TokenObject) => void): Column<TokenObject>[] {
  const { t } = useTranslation('tokens');
  const { data: databases } = useDatabases();
  const mayRevoke = useMay('owner');
  const namesOf = (ids: readonly number[]) =>
    ids.map((id) => databases?.find((one) => one.id === id)?.name ?? String(id)).join(', ');
  return [
    { key: 'name', header: t('name'), render: ({ name }) => name },
    {
      key: 'rights',
      header: t('rights'),
      render: ({ rights }) => rights.map((right) => t(`right.${right}`)).join(', '),
    },
    {
      key: 'databases',
      header: t('databases'),
      render: ({ database_ids: ids }) => (ids === null ? t('every') : namesOf(ids)),
    },
    { key: 'created', header: t('created'), render: (token) => <Moment time={token.created_at} /> },
    {
      key: 'state',
      header: t('state'),
      render: ({ revoked_at: at }) =>
        at === null ? (
          <StateBadge mood="good">{t('active')}</StateBadge>
        ) : (
          <StateBadge mood="quiet">{t('revoked')}</StateBadge>
        ),
    },
    {
      key: 'actions',
      header: '',
      align: 'right',
      render: (token) =>
        token.revoked_at === null && mayRevoke ? (
          <Button
            size="compact-sm"
            variant="subtle"
            color="red"
            onClick={() => revoke(token)}
            aria-label={`${t('revoke')}: ${token.name}`}
          >
            {t('revoke')}
          </Button>
        ) : null,
    },
  ];
}

export function TokensPage() {
  const { t } = useTranslation('tokens');
  const client = useQueryClient();
  const confirm = useConfirm();
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<CreatedTokenObject | null>(null);
  const tokens = useQuery({
    queryKey: ['/tokens'],
    queryFn: ({ signal }) => api.get<{ data: TokenObject[] }>('/tokens', {}, signal),
  });
  const refresh = () => client.invalidateQueries({ queryKey: ['/tokens'] });
  const revoke = useMutation({
    mutationFn: (id: number) => api.delete<undefined>(`/tokens/${id}`),
    onSuccess: async () => {
      tellDone(t('revokeDone'));
      await refresh();
    },
    onError: tellProblem,
  });
  const columns = useColumns(({ id, name }) =>
    confirm({
      title: t('revokeTitle', { name }),
      text: t('revokeText'),
      action: t('revokeAction'),
      isDangerous: true,
      onConfirm: () => revoke.mutate(id),
    }),
  );
  const makeButton = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setMaking(true)}>
      {t('make')}
    </Button>
  );
  return (
    <>
      <PageHeader title={t('title')} about={t('about')} actions={makeButton} />
      <QueryView query={tokens}>
        {({ data }) => (
          <DataTable
            label={t('title')}
            columns={columns}
            rows={data.toSorted(byUse)}
            rowKey={({ id }) => id}
            empty={<EmptyState icon={IconKey} title={t('empty')} text={t('emptyText')} action={makeButton} />}
          />
        )}
      </QueryView>
      <NewToken
        isOpen={isMaking}
        onClose={() => setMaking(false)}
        onMade={(token) => {
          setMaking(false);
          setMade(token);
          void refresh();
        }}
      />
      <MadeToken token={made} onClose={() => setMade(null)} />
    </>
  );
}
