import { Select, type SelectProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import {
  useDatabases,
  useFields,
  useResources,
  useSegments,
  useSenders,
  useTemplates,
  useWorkflows,
} from '../api/lists.ts';

type SelectMore = Omit<SelectProps, 'value' | 'onChange' | 'data'>;

interface PickProps extends SelectMore {
  readonly value: number | null | undefined;
  readonly onChange: (id: number | null) => void;
}

interface ListPickProps extends PickProps {
  readonly entries: readonly { readonly id: number; readonly name: string }[] | undefined;
}

/** One of the things of a short list, by its name. */
function ListPick({ entries, value, onChange, ...more }: ListPickProps) {
  return (
    <Select
      searchable
      data={(entries ?? []).map(({ id, name }) => ({ value: String(id), label: name }))}
      value={value === null || value === undefined ? null : String(value)}
      onChange={(chosen) => onChange(chosen === null ? null : Number(chosen))}
      disabled={entries === undefined}
      {...more}
    />
  );
}

export function DatabasePick(props: PickProps) {
  const { t } = useTranslation('parts');
  return <ListPick label={t('database')} entries={useDatabases().data} {...props} />;
}

/** Of that database, or of all. */
export function WorkflowPick({
  databaseId,
  ...props
}: PickProps & { readonly databaseId?: number | undefined }) {
  const { t } = useTranslation('parts');
  return <ListPick label={t('workflow')} entries={useWorkflows(databaseId).data} {...props} />;
}

/** Resources, those of a database where it is given. */
export function ResourcePick({
  databaseId,
  ...props
}: PickProps & { readonly databaseId?: number | undefined }) {
  const { t } = useTranslation('parts');
  const { data } = useResources();
  const entries = data?.filter(
    ({ databases }) => databaseId === undefined || databases === null || databases.includes(databaseId),
  );
  return <ListPick label={t('resource')} entries={entries} {...props} />;
}

/** Senders, those of a channel where it is given. */
export function SenderPick({ channel, ...props }: PickProps & { readonly channel?: string | undefined }) {
  const { t } = useTranslation('parts');
  const { data } = useSenders();
  const entries = data?.filter((sender) => channel === undefined || sender.channel === channel);
  return <ListPick label={t('sender')} entries={entries} {...props} />;
}

/** Templates, those of a channel where it is given. */
export function TemplatePick({ channel, ...props }: PickProps & { readonly channel?: string | undefined }) {
  const { t } = useTranslation('parts');
  const { data } = useTemplates();
  const entries = data?.filter((template) => channel === undefined || template.channel === channel);
  return <ListPick label={t('template')} entries={entries} {...props} />;
}

export function SegmentPick({
  databaseId,
  ...props
}: PickProps & { readonly databaseId?: number | undefined }) {
  const { t } = useTranslation('parts');
  return <ListPick label={t('segment')} entries={useSegments(databaseId).data} {...props} />;
}

interface FieldPickProps extends SelectMore {
  readonly databaseId: number | undefined;
  readonly value: string | null;
  readonly onChange: (name: string | null) => void;
  /** Names beside those that are declared, such as standard fields. */
  readonly more?: readonly string[];
}

/** A field of a database by its name. */
export function FieldPick({ databaseId, value, onChange, more = [], ...rest }: FieldPickProps) {
  const { t } = useTranslation('parts');
  const { data } = useFields(databaseId);
  const names = [...new Set([...more, ...(data ?? []).map(({ name }) => name)])];
  return <Select searchable label={t('field')} data={names} value={value} onChange={onChange} {...rest} />;
}
