import { ActionIcon, Button, Code, Group, Paper, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { RuleEditor } from './rule-editor.tsx';
import { EMPTY_GROUP, type FilterGroup, type FilterNode } from './tree.ts';

interface GroupEditorProps {
  readonly group: FilterGroup;
  readonly databaseId: number | undefined;
  readonly onChange: (group: FilterGroup) => void;
  /** Absent for the outermost one. */
  readonly onRemove?: () => void;
}

/** Conditions that go together by “all” or “any”. */
export function GroupEditor({ group, databaseId, onChange, onRemove }: GroupEditorProps) {
  const { t } = useTranslation('filter');
  const { mode, items } = group;
  const setItems = (next: readonly FilterNode[]) => onChange({ ...group, items: next });
  const numbered = items.map((item, at) => ({ item, at }));
  return (
    <Paper withBorder p="xs">
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap">
          {items.length > 1 ? (
            <SegmentedControl
              size="xs"
              aria-label={t('mode')}
              value={mode}
              onChange={(next) => onChange({ ...group, mode: next === 'or' ? 'or' : 'and' })}
              data={[
                { value: 'and', label: t('all') },
                { value: 'or', label: t('any') },
              ]}
            />
          ) : (
            <span />
          )}
          {onRemove === undefined ? null : (
            <ActionIcon variant="subtle" color="red" aria-label={t('removeGroup')} onClick={onRemove}>
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          )}
        </Group>
        {items.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t('empty')}
          </Text>
        ) : null}
        {numbered.map(({ item, at }) => (
          <Item
            key={at}
            item={item}
            databaseId={databaseId}
            onChange={(next) => setItems(items.map((one, index) => (index === at ? next : one)))}
            onRemove={() => setItems(items.filter((_, index) => index !== at))}
          />
        ))}
        <Group gap="xs">
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => setItems([...items, { kind: 'rule', field: '', operator: 'eq', value: '' }])}
          >
            {t('addRule')}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => setItems([...items, { ...EMPTY_GROUP, mode: 'or' }])}
          >
            {t('addGroup')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

interface ItemProps {
  readonly item: FilterNode;
  readonly databaseId: number | undefined;
  readonly onChange: (item: FilterNode) => void;
  readonly onRemove: () => void;
}

function Item({ item, databaseId, onChange, onRemove }: ItemProps) {
  const { t } = useTranslation('filter');
  if (item.kind === 'group') {
    return <GroupEditor group={item} databaseId={databaseId} onChange={onChange} onRemove={onRemove} />;
  }
  if (item.kind === 'rule') {
    return <RuleEditor rule={item} databaseId={databaseId} onChange={onChange} onRemove={onRemove} />;
  }
  return (
    <Group align="flex-start" wrap="nowrap">
      <Stack gap={2} flex={1} miw={0}>
        <Code block>{JSON.stringify(item.json)}</Code>
        <Text size="xs" c="dimmed">
          {t('raw')}
        </Text>
      </Stack>
      <ActionIcon variant="subtle" color="red" aria-label={t('remove')} onClick={onRemove}>
        <IconTrash size={16} aria-hidden />
      </ActionIcon>
    </Group>
  );
}
