import { ActionIcon, Autocomplete, Grid, Select, TagsInput, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFields } from '../api/lists.ts';
import { type FilterRule, type Operator, operators, readValue } from './tree.ts';

interface RuleEditorProps {
  readonly rule: FilterRule;
  readonly databaseId: number | undefined;
  readonly onChange: (rule: FilterRule) => void;
  readonly onRemove: () => void;
}

/** Standard fields with the types that values are read by. */
const standard: Readonly<Record<string, string>> = {
  ...{
    email: 'string',
    phones: 'string',
    _fname: 'string',
    _lname: 'string',
    _bdate: 'date',
    _sex: 'string',
  },
  ...{ _city: 'string', _country: 'string', _region: 'string', _tz: 'string', _regdate: 'datetime' },
  ...{ _vendor: 'string', _status: 'int', segments: 'int', 'subscriptions.status': 'string' },
  'subscriptions.resource_id': 'int',
};

function listOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(String);
  return value === '' || value === null || value === undefined ? [] : [String(value)];
}

/** A field, how it is compared, and with what. */
export function RuleEditor({ rule, databaseId, onChange, onRemove }: RuleEditorProps) {
  const { t } = useTranslation('filter');
  const { data: fields } = useFields(databaseId);
  const types: Record<string, string> = databaseId === undefined ? {} : { ...standard };
  for (const { name, type } of fields ?? []) types[name] = type;
  const type = types[rule.field] ?? 'string';
  const setOperator = (operator: Operator): void => {
    const isList = operator === 'in' || operator === 'nin';
    const values = listOf(rule.value).map((text) => readValue(text, type));
    onChange({ ...rule, operator, value: isList ? values : (values[0] ?? '') });
  };
  return (
    <Grid gap="xs" align="flex-start">
      <Grid.Col span={{ base: 12, xs: 4 }}>
        <Autocomplete
          aria-label={t('field')}
          placeholder={t('field')}
          data={Object.keys(types)}
          value={rule.field}
          onChange={(field) => onChange({ ...rule, field })}
        />
      </Grid.Col>
      <Grid.Col span={{ base: 12, xs: 3 }}>
        <Select
          aria-label={t('operator')}
          allowDeselect={false}
          data={operators.map((one) => ({ value: one, label: t(`operators.${one}`) }))}
          value={rule.operator}
          onChange={(value) => setOperator(operators.find((one) => one === value) ?? 'eq')}
        />
      </Grid.Col>
      <Grid.Col span={{ base: 10, xs: 4 }}>
        <ValueField rule={rule} type={type} onChange={(value) => onChange({ ...rule, value })} />
      </Grid.Col>
      <Grid.Col span={{ base: 2, xs: 1 }}>
        <ActionIcon variant="subtle" color="red" mt={4} aria-label={t('remove')} onClick={onRemove}>
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      </Grid.Col>
    </Grid>
  );
}

interface ValueFieldProps {
  readonly rule: FilterRule;
  readonly type: string;
  readonly onChange: (value: unknown) => void;
}

function ValueField({ rule: { operator, value }, type, onChange }: ValueFieldProps) {
  const { t } = useTranslation('filter');
  if (operator === 'exists' || operator === 'missing') return null;
  if (operator === 'in' || operator === 'nin') {
    return (
      <TagsInput
        aria-label={t('value')}
        placeholder={t('listHelp')}
        value={listOf(value)}
        onChange={(texts) => onChange(texts.map((text) => readValue(text, type)))}
      />
    );
  }
  if (type === 'bool') {
    return (
      <Select
        aria-label={t('value')}
        data={[
          { value: 'true', label: t('yes') },
          { value: 'false', label: t('no') },
        ]}
        value={String(value)}
        onChange={(text) => onChange(text === 'true')}
      />
    );
  }
  return (
    <TextInput
      aria-label={t('value')}
      placeholder={type === 'date' ? '1990-12-31' : t('value')}
      value={listOf(value)[0] ?? ''}
      onChange={(event) => onChange(readValue(event.currentTarget.value, type))}
    />
  );
}
