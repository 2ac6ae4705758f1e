import {
  Chip,
  Group,
  Input,
  NumberInput,
  Select,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { FilterEditor } from '../../../filter/filter-editor.tsx';
import { FieldPick } from '../../../parts/picks.tsx';
import { useNodeWords } from '../node-words.ts';
import { en } from '../words.ts';
import { BranchesField } from './branches-field.tsx';
import { DurationField } from './duration-field.tsx';
import { EntriesField } from './entries-field.tsx';
import { ObjectField } from './object-field.tsx';
import { ReferenceField, ReferencesField } from './reference-field.tsx';
import { kindOf, wordsOf } from './schema.ts';
import { isRecord, type SettingProps } from './setting.ts';
import { TemplateJsonField } from './template-json-field.tsx';

/** All faults at the setting or below it, in a text. */
function faultText(faults: SettingProps['faults']): string | undefined {
  const texts = Object.entries(faults).map(([path, message]) =>
    path === '' ? message : `${path}: ${message}`,
  );
  return texts.length === 0 ? undefined : texts.join('; ');
}

/** The field for a setting, chosen by its schema. */
export function SettingField(props: SettingProps) {
  const { name, schema, value, onChange, databaseId } = props;
  const { keyName } = useNodeWords();
  const kind = kindOf(name, schema);
  const common = { label: keyName(name), description: schema.description, error: faultText(props.faults) };
  switch (kind) {
    case 'branches':
      return <BranchesField value={value} onChange={onChange} error={common.error} />;
    case 'duration':
      return <DurationField {...common} value={value} onChange={onChange} />;
    case 'reference':
      return <ReferenceField {...props} label={common.label} error={common.error} />;
    case 'references':
      return <ReferencesField {...common} databaseId={databaseId} value={value} onChange={onChange} />;
    case 'filter':
    case 'content-filter':
      return (
        <FilterEditor
          label={common.label}
          databaseId={kind === 'filter' ? databaseId : undefined}
          value={isRecord(value) ? value : {}}
          onChange={onChange}
          error={common.error}
        />
      );
    case 'entries':
      return <EntriesField {...common} value={value} onChange={onChange} />;
    case 'json':
      return (
        <TemplateJsonField
          {...common}
          mustBeObject={schema.type === 'object'}
          value={value}
          onChange={onChange}
        />
      );
    case 'object':
      return <ObjectField {...props} label={common.label} Field={SettingField} />;
    default:
      return <PlainField {...props} common={common} />;
  }
}

interface PlainFieldProps extends SettingProps {
  readonly common: {
    readonly label: string;
    readonly description: string | undefined;
    readonly error: string | undefined;
  };
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

function PlainField(props: PlainFieldProps) {
  const { name, schema, value, onChange, common } = props;
  switch (kindOf(name, schema)) {
    case 'choice':
      return (
        <Select
          {...common}
          data={wordsOf(schema) ?? []}
          placeholder={schema.default === undefined ? '' : String(schema.default)}
          clearable
          value={typeof value === 'string' ? value : null}
          onChange={(word) => onChange(word ?? undefined)}
        />
      );
    case 'switch':
      return (
        <Switch
          {...common}
          checked={value === undefined ? schema.default === true : value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'number':
      return (
        <NumberInput
          {...common}
          placeholder={schema.default === undefined ? '' : String(schema.default)}
          {...(schema.minimum === undefined ? {} : { min: schema.minimum })}
          {...(schema.maximum === undefined ? {} : { max: schema.maximum })}
          allowDecimal={schema.type === 'number'}
          value={typeof value === 'number' ? value : ''}
          onChange={(number) => onChange(typeof number === 'number' ? number : undefined)}
        />
      );
    default:
      return <TextField {...props} />;
  }
}

/** Settings that are texts, or lists of them. */
function TextField(props: PlainFieldProps) {
  const { name, schema, value, onChange, common, databaseId, sendNodes } = props;
  const setText = (text: string) => onChange(text === '' ? undefined : text);
  switch (kindOf(name, schema)) {
    case 'field':
      return (
        <FieldPick
          {...common}
          databaseId={databaseId}
          more={['_bdate', '_regdate']}
          value={typeof value === 'string' ? value : null}
          onChange={(field) => onChange(field ?? undefined)}
        />
      );
    case 'send-node':
      return (
        <Select
          {...common}
          clearable
          data={[...sendNodes]}
          value={typeof value === 'string' ? value : null}
          onChange={(node) => onChange(node ?? undefined)}
        />
      );
    case 'days':
      return (
        <DaysField {...common} words={wordsOf(schema.items ?? {}) ?? []} value={value} onChange={onChange} />
      );
    case 'texts':
      return (
        <TagsInput
          {...common}
          value={Array.isArray(value) ? value.map(String) : []}
          onChange={(texts) => onChange(texts.length === 0 ? undefined : texts)}
        />
      );
    case 'long-text':
      return (
        <Textarea
          {...common}
          autosize
          minRows={1}
          maxRows={6}
          value={textOf(value)}
          onChange={(event) => setText(event.currentTarget.value)}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        />
      );
    default:
      return (
        <TextInput
          {...common}
          placeholder={kindOf(name, schema) === 'time' ? '09:30' : ''}
          value={textOf(value)}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      );
  }
}

interface DaysFieldProps {
  readonly label: string;
  readonly description: string | undefined;
  readonly error: string | undefined;
  readonly words: readonly string[];
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}

function DaysField({ label, description, error, words, value, onChange }: DaysFieldProps) {
  const { t } = useTranslation('workflowEditor');
  const known = Object.keys(en.days);
  const nameOf = (day: string): string => (known.includes(day) ? t(`days.${dayOf(day)}`) : day);
  return (
    <Input.Wrapper label={label} description={description} error={error} labelElement="div">
      <Chip.Group
        multiple
        value={Array.isArray(value) ? value.map(String) : []}
        onChange={(days) =>
          onChange(days.length === 0 ? undefined : words.filter((day) => days.includes(day)))
        }
      >
        <Group gap={4} mt={4}>
          {words.map((day) => (
            <Chip key={day} value={day} size="xs">
              {nameOf(day)}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
    </Input.Wrapper>
  );
}

const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

function dayOf(text: string): (typeof dayNames)[number] {
  return dayNames.find((day) => day === text) ?? 'mon';
}
