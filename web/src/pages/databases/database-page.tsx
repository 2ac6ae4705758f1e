import { Button, Card, Checkbox, Select, SimpleGrid, Stack, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import type { DatabaseObject } from '../../../../src/http/admin/contract.ts';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { tellDone } from '../../parts/notify.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { takeProblem } from '../../parts/take-problem.ts';
import { Fields } from './fields.tsx';

const policies = ['reject', 'ignore', 'create'] as const;
const sexNumberings = ['0/1', '1/2'] as const;
/** Codes that names are asked of the browser for. */
const countries = [
  ...[
    'RU',
    'BY',
    'KZ',
    'UA',
    'AM',
    'AZ',
    'GE',
    'KG',
    'MD',
    'TJ',
    'UZ',
    'LV',
    'LT',
    'EE',
    'PL',
    'DE',
    'AT',
    'CH',
  ],
  ...[
    'FR',
    'ES',
    'IT',
    'PT',
    'NL',
    'BE',
    'GB',
    'IE',
    'SE',
    'NO',
    'FI',
    'DK',
    'CZ',
    'SK',
    'HU',
    'RO',
    'BG',
    'GR',
  ],
  ...[
    'RS',
    'HR',
    'SI',
    'TR',
    'IL',
    'AE',
    'SA',
    'IN',
    'CN',
    'JP',
    'KR',
    'VN',
    'TH',
    'ID',
    'AU',
    'NZ',
    'US',
    'CA',
  ],
  ...['MX', 'BR', 'AR', 'CL', 'CO', 'ZA', 'EG', 'NG', 'KE'],
];

export function DatabasePage() {
  const { t } = useTranslation('databases');
  const { id = '' } = useParams();
  const query = useQuery({
    queryKey: ['/databases', Number(id)],
    queryFn: ({ signal }) => api.get<DatabaseObject>(`/databases/${id}`, {}, signal),
  });
  return (
    <>
      <PageHeader title={query.data?.name ?? t('title')} above={[{ to: '/databases', title: t('title') }]} />
      <QueryView query={query}>
        {(database) => (
          <Stack>
            <Fields databaseId={database.id} />
            <Settings key={database.id} database={database} />
          </Stack>
        )}
      </QueryView>
    </>
  );
}

function Settings({ database }: { readonly database: DatabaseObject }) {
  const { t, i18n } = useTranslation('databases');
  const { t: common } = useTranslation('parts');
  const client = useQueryClient();
  const mayChange = useMay('editor');
  const names = new Intl.DisplayNames(i18n.resolvedLanguage ?? 'en', { type: 'region' });
  const { name, unknown_fields, phone_country, sex_numbers, unique_email } = database;
  const form = useForm<Record<string, string | boolean>>({
    initialValues: { name, unknown_fields, phone_country, sex_numbers, unique_email },
  });
  const save = useMutation({
    mutationFn: (body: Record<string, string | boolean>) =>
      api.patch<DatabaseObject>(`/databases/${database.id}`, body),
    onSuccess: async () => {
      tellDone(common('saved'));
      form.resetDirty();
      await client.invalidateQueries({ queryKey: ['/databases'] });
    },
    onError: (thrown) => takeProblem(form, thrown),
  });
  const all = [...new Set([phone_country, ...countries])];
  return (
    <Card withBorder component="section" aria-label={t('settings')}>
      <Title order={2} size="h3" mb="sm">
        {t('settings')}
      </Title>
      <form onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
        <fieldset disabled={!mayChange} style={{ border: 0, padding: 0, margin: 0 }}>
          <Stack>
            {save.error === null ? null : <ProblemAlert problem={save.error} />}
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              <TextInput label={t('name')} {...form.getInputProps('name')} />
              <Select
                label={t('unknown')}
                allowDeselect={false}
                data={policies.map((one) => ({ value: one, label: t(`unknowns.${one}`) }))}
                {...form.getInputProps('unknown_fields')}
              />
              <Select
                label={t('country')}
                searchable
                allowDeselect={false}
                data={all.map((code) => ({ value: code, label: names.of(code) ?? code }))}
                {...form.getInputProps('phone_country')}
              />
              <Select
                label={t('sexNumbers')}
                allowDeselect={false}
                data={[...new Set([sex_numbers, ...sexNumberings])]}
                {...form.getInputProps('sex_numbers')}
              />
            </SimpleGrid>
            <Checkbox
              label={t('uniqueEmail')}
              {...form.getInputProps('unique_email', { type: 'checkbox' })}
            />
            {mayChange ? (
              <Button
                type="submit"
                loading={save.isPending}
                disabled={!form.isDirty()}
                style={{ alignSelf: 'flex-start' }}
              >
                {common('save')}
              </Button>
            ) : null}
          </Stack>
        </fieldset>
      </form>
    </Card>
  );
}
