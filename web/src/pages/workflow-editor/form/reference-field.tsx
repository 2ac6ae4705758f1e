import { MultiSelect } from '@mantine/core';
import { useSegments } from '../../../api/lists.ts';
import { ResourcePick, SegmentPick, SenderPick, TemplatePick, WorkflowPick } from '../../../parts/picks.tsx';
import type { SettingProps } from './setting.ts';

type ReferenceFieldProps = SettingProps & { readonly label: string; readonly error: string | undefined };

/** The id of a thing, chosen by its name. */
export function ReferenceField({
  schema,
  value,
  onChange,
  databaseId,
  channel,
  label,
  error,
}: ReferenceFieldProps) {
  const pick = {
    label,
    error,
    description: schema.description,
    clearable: true,
    value: typeof value === 'number' ? value : null,
    onChange: (id: number | null) => onChange(id ?? undefined),
  };
  switch (schema['x-ref']) {
    case 'resource':
      return <ResourcePick databaseId={databaseId} {...pick} />;
    case 'template':
      return <TemplatePick channel={channel} {...pick} />;
    case 'sender':
      return <SenderPick channel={channel} {...pick} />;
    case 'segment':
      return <SegmentPick databaseId={databaseId} {...pick} />;
    default:
      return <WorkflowPick databaseId={databaseId} {...pick} />;
  }
}

interface ReferencesFieldProps {
  readonly label: string;
  readonly description: string | undefined;
  readonly error: string | undefined;
  readonly databaseId: number;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}

/** Several static segments. */
export function ReferencesField({ databaseId, value, onChange, ...common }: ReferencesFieldProps) {
  const { data } = useSegments(databaseId);
  const segments = (data ?? []).filter(({ kind }) => kind === 'static');
  return (
    <MultiSelect
      {...common}
      searchable
      clearable
      data={segments.map(({ id, name }) => ({ value: String(id), label: name }))}
      value={Array.isArray(value) ? value.map(String) : []}
      onChange={(ids) => onChange(ids.length === 0 ? undefined : ids.map(Number))}
    />
  );
}
