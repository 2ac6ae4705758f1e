import { Anchor, Card, Code, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { SettingsObject } from '../../../../src/http/admin/account-contract.ts';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Facts } from '../../parts/facts.tsx';
import { useFormat } from '../../parts/format.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { SettingsForm } from './settings-form.tsx';

type Variable = SettingsObject['environment'][number];

export function SettingsPage() {
  const { t } = useTranslation('settings');
  const isOwner = useMay('owner');
  const settings = useQuery({
    queryKey: ['/settings'],
    queryFn: ({ signal }) => api.get<SettingsObject>('/settings', {}, signal),
  });
  return (
    <>
      <PageHeader title={t('title')} about={t('about')} />
      <QueryView query={settings} lines={10}>
        {(found) => (
          <Stack>
            <Card withBorder>
              {isOwner ? null : (
                <Text size="sm" c="dimmed" mb="sm">
                  {t('ownersOnly')}
                </Text>
              )}
              <SettingsForm settings={found} isReadOnly={!isOwner} />
            </Card>
            <ServerFacts settings={found} />
            {isOwner ? <Environment variables={found.environment} /> : null}
          </Stack>
        )}
      </QueryView>
    </>
  );
}

function ServerFacts({ settings }: { readonly settings: SettingsObject }) {
  const { t } = useTranslation('settings');
  const format = useFormat();
  const postgres = { version: settings.postgres };
  return (
    <Card withBorder>
      <Title order={2} size="h3" mb="sm">
        {t('facts')}
      </Title>
      <Facts
        entries={[
          [t('version'), settings.version],
          [t('node'), settings.node],
          [t('postgres'), settings.embedded ? t('embedded', postgres) : t('external', postgres)],
          [t('size'), format.bytes(settings.database_bytes)],
          [t('api'), `${window.location.origin}/api/v1.1/`],
          [
            t('openapi'),
            <Anchor key="openapi" href="/api/openapi.json" inherit>
              /api/openapi.json
            </Anchor>,
          ],
        ]}
      />
    </Card>
  );
}

function Environment({ variables }: { readonly variables: readonly Variable[] }) {
  const { t } = useTranslation('settings');
  const columns: Column<Variable>[] = [
    {
      key: 'name',
      header: t('variable'),
      width: 300,
      render: ({ name }) => <Code className="breakable">{name}</Code>,
    },
    { key: 'value', header: t('value'), width: 240, render: (variable) => <Value variable={variable} /> },
    {
      key: 'help',
      header: t('meaning'),
      render: ({ help }) => (
        <Text inherit c="dimmed" lang="en">
          {help}
        </Text>
      ),
    },
  ];
  return (
    <Card withBorder>
      <Title order={2} size="h3">
        {t('environment')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('environmentHelp')}
      </Text>
      <DataTable
        label={t('environment')}
        columns={columns}
        rows={variables}
        rowKey={({ name }) => name}
        empty={null}
      />
    </Card>
  );
}

function Value({ variable: { value, is_set: isSet } }: { readonly variable: Variable }) {
  const { t } = useTranslation('settings');
  if (value === null) return <Text inherit>{isSet ? t('secretSet') : t('unset')}</Text>;
  return (
    <Text inherit className="breakable">
      {value}
      {isSet ? null : (
        <Text span c="dimmed" size="sm">
          {` (${t('isDefault')})`}
        </Text>
      )}
    </Text>
  );
}
