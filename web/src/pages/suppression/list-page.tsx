import { Alert, Button, Card, Group, SegmentedControl, Stack, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import type { Static } from 'typebox';
import type {
  entriesAdded,
  entryPage,
  SuppressionListObject,
} from '../../../../src/http/admin/suppression-contract.ts';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { useConfirm } from '../../parts/confirm.tsx';
import type { Column } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { useKeyset } from '../../parts/keyset.ts';
import { ListView } from '../../parts/list-view.tsx';
import { Moment } from '../../parts/moment.tsx';
import { tellDone, tellProblem } from '../../parts/notify.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { QueryView } from '../../parts/query-view.tsx';

type Entry = Static<typeof entryPage>['data'][number];
const kinds = ['email', 'domain', 'phone'] as const;
type Kind = (typeof kinds)[number];

const TYPING_MS = 300;

export function ListPage() {
  const { t } = useTranslation('suppression');
  const { id = '' } = useParams();
  const mayChange = useMay('editor');
  const query = useQuery({
    queryKey: ['/suppression-lists', id],
    queryFn: ({ signal }) => api.get<SuppressionListObject>(`/suppression-lists/${id}`, {}, signal),
  });
  return (
    <>
      <PageHeader
        title={query.data?.name ?? t('title')}
        above={[{ to: '/suppression', title: t('title') }]}
        actions={query.data !== undefined && mayChange ? <DeleteButton list={query.data} /> : undefined}
      />
      <QueryView query={query}>{(list) => <Entries listId={list.id} />}</QueryView>
    </>
  );
}

function DeleteButton({ list: { id, name } }: { readonly list: SuppressionListObject }) {
  const { t } = useTranslation('suppression');
  const confirm = useConfirm();
  const client = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: async () => {
      // A large one goes in parts, each answered so; the last one has no body.
      while ((await api.delete<unknown>(`/suppression-lists/${id}`)) !== undefined);
    },
    onSuccess: async () => {
      tellDone(t('deleted'));
      await navigate('/suppression');
      await client.invalidateQueries({ queryKey: ['/suppression-lists'] });
    },
    onError: tellProblem,
  });
  return (
    <Button
      variant="light"
      color="red"
      loading={remove.isPending}
      onClick={() =>
        confirm({
          title: t('deleteTitle', { name }),
          text: t('deleteText'),
          action: t('delete'),
          isDangerous: true,
          onConfirm: () => remove.mutate(),
        })
      }
    >
      {t('delete')}
    </Button>
  );
}

function Entries({ listId }: { readonly listId: number }) {
  const { t } = useTranslation('suppression');
  const client = useQueryClient();
  const mayChange = useMay('editor');
  const [kind, setKind] = useState<Kind>('email');
  const [prefix, setPrefix] = useState('');
  const [typed] = useDebouncedValue(prefix.trim(), TYPING_MS);
  const path = `/suppression-lists/${listId}/entries`;
  const list = useKeyset<Entry>(path, { kind, prefix: typed });
  const refresh = () => client.invalidateQueries({ queryKey: [path] });
  const remove = useMutation({
    mutationFn: (value: string) => api.delete<unknown>(path, {}, { kind, values: [value] }),
    onSuccess: async () => {
      tellDone(t('removed'));
      await refresh();
    },
    onError: tellProblem,
  });
  const columns: Column<Entry>[] = [
    { key: 'value', header: t('value'), render: ({ value }) => value },
    { key: 'reason', header: t('reason'), render: ({ reason }) => reason ?? '' },
    { key: 'since', header: t('since'), render: (entry) => <Moment time={entry.created_at} /> },
    {
      key: 'actions',
      header: '',
      align: 'right',
      render: ({ value }) =>
        mayChange ? (
          <Button
            size="compact-sm"
            variant="subtle"
            aria-label={`${t('remove')}: ${value}`}
            onClick={() => remove.mutate(value)}
          >
            {t('remove')}
          </Button>
        ) : null,
    },
  ];
  return (
    <Stack>
      <Group align="flex-end">
        <SegmentedControl
          aria-label={t('kind')}
          value={kind}
          onChange={(next) => setKind(kinds.find((one) => one === next) ?? 'email')}
          data={kinds.map((one) => ({ value: one, label: t(`kinds.${one}`) }))}
        />
        <TextInput
          label={t('prefix')}
          value={prefix}
          onChange={(event) => setPrefix(event.currentTarget.value)}
        />
      </Group>
      {mayChange ? <AddEntries path={path} kind={kind} onAdded={() => void refresh()} /> : null}
      <ListView
        list={list}
        label={t('title')}
        columns={columns}
        rowKey={({ value }) => value}
        empty={<EmptyState title={t('noEntries')} />}
      />
    </Stack>
  );
}

interface AddEntriesProps {
  readonly path: string;
  readonly kind: Kind;
  readonly onAdded: () => void;
}

function AddEntries({ path, kind, onAdded }: AddEntriesProps) {
  const { t } = useTranslation('suppression');
  const [text, setText] = useState('');
  const [reason, setReason] = useState('');
  const values = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const add = useMutation({
    mutationFn: () =>
      api.post<Static<typeof entriesAdded>>(path, {
        ...{ kind, values, reason: reason.trim() === '' ? null : reason.trim() },
      }),
    onSuccess: ({ imported, duplicated }) => {
      tellDone(t('added', { imported, duplicated }));
      setText('');
      onAdded();
    },
    onError: tellProblem,
  });
  const invalid = add.data?.invalid ?? [];
  return (
    <Card withBorder>
      <Stack gap="sm">
        <Textarea
          label={t('add')}
          description={t('addHelp')}
          autosize
          minRows={2}
          maxRows={10}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Group align="flex-end">
          <TextInput
            label={t('reason')}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Button disabled={values.length === 0} loading={add.isPending} onClick={() => add.mutate()}>
            {t('addAction')}
          </Button>
        </Group>
        {invalid.length === 0 ? null : (
          <Alert color="orange" role="status">
            {t('invalid', { values: invalid.map(({ value }) => value).join(', ') })}
          </Alert>
        )}
      </Stack>
    </Card>
  );
}
