import { Card, Group, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFields } from '../../api/lists.ts';

interface VariablesProps {
  readonly databaseId: number | undefined;
  readonly onInsert: (form: string) => void;
}

const leads = ['email', 'phones', '_fname', '_lname', '_bdate', '_city', '_country', '_tz'];
const forms = [
  ['if', '{if lead._fname}Dear {lead._fname}{else}Hello{end}'],
  ['loop', '{for item in apicontent.items}{item.name}{end}'],
  ['fallback', '{lead._fname | default "friend"}'],
] as const;

/** What can stand in a template, to be put in by a press. */
export function Variables({ databaseId, onInsert }: VariablesProps) {
  const { t } = useTranslation('templates');
  const { data: fields } = useFields(databaseId);
  const [search, setSearch] = useState('');
  const own = (fields ?? []).map(({ name }) => name).filter((name) => !leads.includes(name));
  const groups = [
    {
      name: t('groups.lead'),
      entries: [...leads, ...own].map((field) => ({ form: `{lead.${field}}`, help: '' })),
    },
    {
      name: t('groups.subscription'),
      entries: ['email', 'phone', 'status'].map((key) => ({ form: `{subscription.${key}}`, help: '' })),
    },
    {
      name: t('groups.content'),
      entries: ['{apicontent.name}', '{unsubscribe}', '{now}'].map((form) => ({ form, help: '' })),
    },
    { name: t('groups.forms'), entries: forms.map(([name, form]) => ({ form, help: t(`forms.${name}`) })) },
  ];
  return (
    <Card withBorder p="sm" component="section" aria-label={t('variables')}>
      <Text fw={600}>{t('variables')}</Text>
      <Text size="xs" c="dimmed" mb="xs">
        {t('variablesHelp')}
      </Text>
      <TextInput
        size="xs"
        aria-label={t('variableSearch')}
        placeholder={t('variableSearch')}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        mb="xs"
      />
      <Stack gap="xs">
        {groups.map(({ name, entries }) => {
          const shown = entries.filter(({ form }) => form.includes(search.trim()));
          return shown.length === 0 ? null : (
            <div key={name}>
              <Text size="xs" fw={600}>
                {name}
              </Text>
              <Group gap={6}>
                {shown.map(({ form, help }) => (
                  <UnstyledButton
                    key={form}
                    onClick={() => onInsert(form)}
                    ff="monospace"
                    fz="xs"
                    px={6}
                    bd="1px solid var(--mantine-color-default-border)"
                    style={{ borderRadius: 4 }}
                  >
                    {help === '' ? form : `${help}: ${form}`}
                  </UnstyledButton>
                ))}
              </Group>
            </div>
          );
        })}
      </Stack>
    </Card>
  );
}
