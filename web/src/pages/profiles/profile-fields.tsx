import { ActionIcon, Button, Card, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconEraser } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ProfileObject } from '../../../../src/http/admin/contract.ts';
import { api } from '../../api/client.ts';
import { useFields } from '../../api/lists.ts';
import { toProblem } from '../../api/problem.ts';
import { useMay } from '../../api/session.ts';
import { Facts } from '../../parts/facts.tsx';
import { tellDone } from '../../parts/notify.ts';
import { FieldPick } from '../../parts/picks.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { toValue } from '../import/build-items.ts';
import { type FieldType, standardTypes } from '../import/mapping.ts';
import { printValue } from './print-value.ts';

/** The fields of a person, to read and to change. */
export function ProfileFields({ profile }: { readonly profile: ProfileObject }) {
  const { t } = useTranslation('profiles');
  const mayEdit = useMay('editor');
  const [isEditing, setEditing] = useState(false);
  return (
    <Card withBorder component="section" aria-label={t('fields')}>
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h3">
          {t('fields')}
        </Title>
        {mayEdit && !isEditing ? (
          <Button size="xs" variant="default" onClick={() => setEditing(true)}>
            {t('editFields')}
          </Button>
        ) : null}
      </Group>
      {isEditing ? (
        <FieldsForm profile={profile} onDone={() => setEditing(false)} />
      ) : (
        <Facts
          entries={Object.entries(profile.fields).map(([name, value]) => [name, printValue(value)] as const)}
        />
      )}
    </Card>
  );
}

type Draft = Readonly<Record<string, string>>;

/** What has changed, as an import would send it; an emptied field is unset. */
function changesOf(profile: ProfileObject, draft: Draft, typeOf: (field: string) => FieldType) {
  const changed = Object.entries(draft).filter(([name, text]) => text !== printValue(profile.fields[name]));
  return Object.fromEntries(
    changed.map(([name, text]) => [
      name,
      text.trim() === '' ? { action: 'unset' } : toValue(text, typeOf(name), 'ymd'),
    ]),
  );
}

function FieldsForm({ profile, onDone }: { readonly profile: ProfileObject; readonly onDone: () => void }) {
  const { t } = useTranslation('profiles');
  const { t: common } = useTranslation('parts');
  const client = useQueryClient();
  const { data: fields } = useFields(profile.database_id);
  const [draft, setDraft] = useState<Draft>(() =>
    Object.fromEntries(Object.entries(profile.fields).map(([name, value]) => [name, printValue(value)])),
  );
  const typeOf = (name: string): FieldType =>
    fields?.find((field) => field.name === name)?.type ?? standardTypes[name] ?? 'string';
  const changes = changesOf(profile, draft, typeOf);
  const save = useMutation({
    mutationFn: () =>
      api.patch<ProfileObject>(`/profiles/${profile.id}`, {
        database_id: profile.database_id,
        fields: changes,
      }),
    onSuccess: async () => {
      tellDone(common('saved'));
      await client.invalidateQueries({ queryKey: ['/profiles'] });
      onDone();
    },
  });
  const faults = save.error === null ? [] : toProblem(save.error).faults;
  return (
    <Stack gap="sm">
      {save.error === null ? null : <ProblemAlert problem={save.error} />}
      <Text size="sm" c="dimmed">
        {t('fieldsHelp')}
      </Text>
      {Object.entries(draft).map(([name, text]) => (
        <TextInput
          key={name}
          label={name}
          value={text}
          error={faults.find(({ path }) => path === name || path.startsWith(`${name}.`))?.message}
          onChange={(event) => setDraft({ ...draft, [name]: event.currentTarget.value })}
          rightSection={
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`${t('emptyField')}: ${name}`}
              onClick={() => setDraft({ ...draft, [name]: '' })}
            >
              <IconEraser size={16} aria-hidden />
            </ActionIcon>
          }
        />
      ))}
      <FieldPick
        label={t('addField')}
        databaseId={profile.database_id}
        more={Object.keys(standardTypes)}
        value={null}
        onChange={(name) => name !== null && setDraft({ ...draft, [name]: draft[name] ?? '' })}
      />
      <Group justify="flex-end">
        <Button variant="default" onClick={onDone}>
          {common('cancel')}
        </Button>
        <Button
          loading={save.isPending}
          disabled={Object.keys(changes).length === 0}
          onClick={() => save.mutate()}
        >
          {common('save')}
        </Button>
      </Group>
    </Stack>
  );
}
