import { Button, Card, Group, Modal, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconDownload, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import type { ProfileObject } from '../../../../src/http/admin/contract.ts';
import { api, urlOf } from '../../api/client.ts';
import { useResources } from '../../api/lists.ts';
import { useMay } from '../../api/session.ts';
import { TypeToConfirm, useConfirm } from '../../parts/confirm.tsx';
import { useCurrentDatabase } from '../../parts/current-database.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { tellDone, tellProblem } from '../../parts/notify.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { printValue } from './print-value.ts';
import { ProfileFields } from './profile-fields.tsx';
import { ProfileHistory } from './profile-history.tsx';
import { ProfileSegments } from './profile-segments.tsx';

/** What a person is called: name, e-mail, phone, id, whichever there is. */
function nameOf({ fields, id }: ProfileObject): string {
  const name = [fields['_fname'], fields['_lname']].map(printValue).filter(Boolean).join(' ');
  return name || printValue(fields['email']) || printValue(fields['phones']) || id;
}

export function ProfilePage() {
  const { t } = useTranslation('profiles');
  const { id = '' } = useParams();
  const { database } = useCurrentDatabase();
  const query = useQuery({
    queryKey: ['/profiles', id, database?.id],
    queryFn: ({ signal }) => api.get<ProfileObject>(`/profiles/${id}`, { database_id: database?.id }, signal),
    enabled: database !== undefined,
  });
  return (
    <>
      <PageHeader
        title={query.data === undefined ? t('profile') : nameOf(query.data)}
        above={[{ to: `/profiles?database=${database?.id ?? ''}`, title: t('title') }]}
        actions={query.data === undefined ? undefined : <Actions profile={query.data} />}
      />
      <QueryView query={query}>
        {(profile) => (
          <SimpleGrid cols={{ base: 1, lg: 2 }}>
            <Stack>
              <ProfileFields profile={profile} />
              <Subscriptions profile={profile} />
              <ProfileSegments profile={profile} />
            </Stack>
            <ProfileHistory profile={profile} />
          </SimpleGrid>
        )}
      </QueryView>
    </>
  );
}

function Actions({ profile }: { readonly profile: ProfileObject }) {
  const { t } = useTranslation('profiles');
  const mayEdit = useMay('editor');
  const [isErasing, setErasing] = useState(false);
  return (
    <>
      <Button
        component="a"
        variant="default"
        leftSection={<IconDownload size={16} aria-hidden />}
        href={urlOf(`/profiles/${profile.id}/export`, { database_id: profile.database_id })}
        download
      >
        {t('exportOne')}
      </Button>
      {mayEdit ? (
        <Button
          variant="light"
          color="red"
          leftSection={<IconTrash size={16} aria-hidden />}
          onClick={() => setErasing(true)}
        >
          {t('erase')}
        </Button>
      ) : null}
      {isErasing ? <EraseDialog profile={profile} onClose={() => setErasing(false)} /> : null}
    </>
  );
}

function EraseDialog({
  profile,
  onClose,
}: {
  readonly profile: ProfileObject;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation('profiles');
  const { t: common } = useTranslation('parts');
  const client = useQueryClient();
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const { id, database_id: databaseId, fields } = profile;
  const word = printValue(fields['email']) || id;
  const erase = useMutation({
    mutationFn: () => api.delete<undefined>(`/profiles/${id}`, { database_id: databaseId }),
    onSuccess: async () => {
      tellDone(t('erased'));
      await navigate(`/profiles?database=${databaseId}`);
      await client.invalidateQueries({ queryKey: ['/profiles'] });
    },
    onError: tellProblem,
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('eraseTitle')}
      closeButtonProps={{ 'aria-label': common('close') }}
    >
      <Stack>
        <Text size="sm">{t('eraseText')}</Text>
        <TypeToConfirm text={word} value={typed} onChange={setTyped} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {common('cancel')}
          </Button>
          <Button
            color="red"
            disabled={typed.trim() !== word}
            loading={erase.isPending}
            onClick={() => erase.mutate()}
          >
            {t('eraseAction')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

type Subscription = ProfileObject['subscriptions'][number];

function Subscriptions({ profile }: { readonly profile: ProfileObject }) {
  const { t } = useTranslation('profiles');
  const { data: resources } = useResources();
  const confirm = useConfirm();
  const client = useQueryClient();
  const mayEdit = useMay('editor');
  const close = useMutation({
    mutationFn: () =>
      api.post<ProfileObject>(`/profiles/${profile.id}/unsubscribe`, { database_id: profile.database_id }),
    onSuccess: async () => {
      tellDone(t('unsubscribed'));
      await client.invalidateQueries({ queryKey: ['/profiles'] });
    },
    onError: tellProblem,
  });
  const columns: Column<Subscription>[] = [
    {
      key: 'contact',
      header: t('contact'),
      render: (one) => printValue(one['email'] ?? one['phone'] ?? one['subscription_id'] ?? one['cc_data']),
    },
    { key: 'channel', header: t('channel'), render: (one) => printValue(one['channel']) },
    {
      key: 'resource',
      header: t('resource'),
      render: (one) =>
        resources?.find(({ id }) => id === one['resource_id'])?.name ?? printValue(one['resource_id']),
    },
    { key: 'status', header: t('status'), render: (one) => printValue(one['status']) },
  ];
  return (
    <Card withBorder component="section" aria-label={t('subscriptions')}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h3">
          {t('subscriptions')}
        </Title>
        {mayEdit && profile.subscriptions.length > 0 ? (
          <Button
            size="xs"
            variant="default"
            loading={close.isPending}
            onClick={() =>
              confirm({
                title: t('unsubscribeTitle'),
                text: t('unsubscribeText'),
                action: t('unsubscribe'),
                isDangerous: true,
                onConfirm: () => close.mutate(),
              })
            }
          >
            {t('unsubscribe')}
          </Button>
        ) : null}
      </Group>
      <DataTable
        label={t('subscriptions')}
        columns={columns}
        rows={profile.subscriptions}
        rowKey={(one) => JSON.stringify(one)}
        empty={<Text c="dimmed">{t('noSubscriptions')}</Text>}
      />
    </Card>
  );
}
