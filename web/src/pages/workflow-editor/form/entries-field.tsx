import { ActionIcon, Button, Group, Input, Stack, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

interface EntriesFieldProps {
  readonly label: string;
  readonly description: string | undefined;
  readonly error: string | undefined;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}

interface Entry {
  readonly key: number;
  readonly name: string;
  readonly text: string;
}

function toEntries(value: unknown): Entry[] {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return entries.map(([name, text], key) => ({ key, name, text: String(text) }));
}

/** Names and texts, such as headers. An entry without a name waits for one. */
export function EntriesField({ label, description, error, value, onChange }: EntriesFieldProps) {
  const { t } = useTranslation('workflowEditor');
  const [entries, setEntries] = useState(() => toEntries(value));
  const change = (next: readonly Entry[]): void => {
    setEntries([...next]);
    const named = next.filter(({ name }) => name.trim() !== '');
    onChange(
      named.length === 0 ? undefined : Object.fromEntries(named.map(({ name, text }) => [name.trim(), text])),
    );
  };
  const edit = (key: number, part: Partial<Entry>) =>
    change(entries.map((entry) => (entry.key === key ? { ...entry, ...part } : entry)));
  return (
    <Input.Wrapper label={label} description={description} error={error} labelElement="div">
      <Stack gap="xs" mt={4}>
        {entries.map(({ key, name, text }) => (
          <Group key={key} gap="xs" wrap="nowrap">
            <TextInput
              aria-label={`${label}: ${t('entryName')}`}
              value={name}
              onChange={(event) => edit(key, { name: event.currentTarget.value })}
              flex={2}
            />
            <TextInput
              aria-label={`${label}: ${t('entryValue')}`}
              value={text}
              onChange={(event) => edit(key, { text: event.currentTarget.value })}
              flex={3}
            />
            <ActionIcon
              variant="subtle"
              color="red"
              aria-label={t('removeEntry', { name })}
              onClick={() => change(entries.filter((entry) => entry.key !== key))}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => setEntries([...entries, { key: Date.now(), name: '', text: '' }])}
        >
          {t('addEntry')}
        </Button>
      </Stack>
    </Input.Wrapper>
  );
}
