import { Anchor, Button, Card, Group, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import type { SegmentObject } from '../../../../src/http/admin/segment-contract.ts';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { FilterEditor } from '../../filter/filter-editor.tsx';
import { useConfirm } from '../../parts/confirm.tsx';
import type { Column } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { type JsonRecord, parseRecord } from '../../parts/json-record.ts';
import { useKeyset } from '../../parts/keyset.ts';
import { ListView } from '../../parts/list-view.tsx';
import { Moment } from '../../parts/moment.tsx';
import { tellDone, tellProblem } from '../../parts/notify.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { QueryView } from '../../parts/query-view.tsx';

interface Member {
  readonly profile_id: string;
  readonly added_at: string | null;
}

function toRecord(filter: unknown): JsonRecord {
  const parsed = parseRecord(JSON.stringify(filter ?? {}));
  return 'value' in parsed ? parsed.value : {};
}

export function SegmentPage() {
  const { t } = useTranslation('segments');
  const { id = '' } = useParams();
  const mayEdit = useMay('editor');
  const query = useQuery({
    queryKey: ['/segments', Number(id)],
    queryFn: ({ signal }) => api.get<SegmentObject>(`/segments/${id}`, {}, signal),
  });
  return (
    <>
      <PageHeader
        title={query.data?.name ?? t('title')}
        above={[{ to: '/segments', title: t('title') }]}
        actions={mayEdit && query.data !== undefined ? <DeleteButton segment={query.data} /> : undefined}
      />
      <QueryView query={query}>
        {(segment) => (
          <Stack>
            <Settings key={segment.id} segment={segment} />
            <Members segment={segment} />
          </Stack>
        )}
      </QueryView>
    </>
  );
}

function DeleteButton({ segment }: { readonly segment: SegmentObject }) {
  const { t } = useTranslation('segments');
  const confirm = useConfirm();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { id, name } = segment;
  const remove = useMutation({
    mutationFn: async () => {
      // A large one goes in parts, each answered so; the last one has no body.
      while ((await api.delete<unknown>(`/segments/${id}`)) !== undefined);
    },
    onSuccess: async () => {
      tellDone(t('deleted'));
      await navigate('/segments');
      await client.invalidateQueries({ queryKey: ['/segments'] });
    },
    onError: tellProblem,
  });
  return (
    <Button
      variant="light"
      color="red"
      leftSection={<IconTrash size={16} aria-hidden />}
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

function Settings({ segment }: { readonly segment: SegmentObject }) {
  const { t } = useTranslation('segments');
  const { t: common } = useTranslation('parts');
  const client = useQueryClient();
  const mayEdit = useMay('editor');
  const [name, setName] = useState(segment.name);
  const [filter, setFilter] = useState<JsonRecord | undefined>(() => toRecord(segment.filter));
  const isFilter = segment.kind === 'filter';
  const save = useMutation({
    mutationFn: () =>
      api.patch<SegmentObject>(`/segments/${segment.id}`, { name, ...(isFilter ? { filter } : {}) }),
    onSuccess: async () => {
      tellDone(common('saved'));
      await client.invalidateQueries({ queryKey: ['/segments'] });
    },
  });
  if (!mayEdit && !isFilter) return null;
  return (
    <Card withBorder>
      <Stack>
        {save.error === null ? null : <ProblemAlert problem={save.error} />}
        <TextInput
          label={t('name')}
          value={name}
          readOnly={!mayEdit}
          onChange={(event) => setName(event.currentTarget.value)}
          maw={420}
        />
        {isFilter ? (
          <FilterEditor databaseId={segment.database_id} value={filter ?? {}} onChange={setFilter} />
        ) : null}
        {mayEdit ? (
          <Button
            style={{ alignSelf: 'flex-start' }}
            loading={save.isPending}
            disabled={name.trim() === '' || filter === undefined}
            onClick={() => save.mutate()}
          >
            {common('save')}
          </Button>
        ) : null}
      </Stack>
    </Card>
  );
}

function Members({ segment }: { readonly segment: SegmentObject }) {
  const { t } = useTranslation('segments');
  const client = useQueryClient();
  const mayEdit = useMay('editor') && segment.kind === 'static';
  const list = useKeyset<Member>(`/segments/${segment.id}/members`);
  const count = useQuery({
    queryKey: ['/segments', segment.id, 'count'],
    queryFn: ({ signal }) => api.get<{ count: number | null }>(`/segments/${segment.id}/count`, {}, signal),
  });
  const change = useMutation({
    mutationFn: (body: { add?: string[]; remove?: string[] }) =>
      api.post<unknown>(`/segments/${segment.id}/members`, body),
    onSuccess: async (_, { add }) => {
      tellDone(add === undefined ? t('removed') : t('added', { count: add.length }));
      await client.invalidateQueries({ queryKey: [`/segments/${segment.id}/members`] });
      await client.invalidateQueries({ queryKey: ['/segments', segment.id] });
    },
    onError: tellProblem,
  });
  const columns: Column<Member>[] = [
    {
      key: 'profile',
      header: t('profile'),
      render: ({ profile_id: id }) => (
        <Anchor component={Link} to={`/profiles/${id}?database=${segment.database_id}`} inherit>
          {id}
        </Anchor>
      ),
    },
    {
      key: 'since',
      header: t('since'),
      render: ({ added_at: since }) => (since === null ? '' : <Moment time={since} />),
    },
    {
      key: 'actions',
      header: '',
      align: 'right',
      render: ({ profile_id: id }) =>
        mayEdit ? (
          <Button size="compact-sm" variant="subtle" onClick={() => change.mutate({ remove: [id] })}>
            {t('remove')}
          </Button>
        ) : null,
    },
  ];
  return (
    <Card withBorder component="section" aria-label={t('members')}>
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h3">
          {t('members')}
        </Title>
        {typeof count.data?.count !== 'number' ? null : (
          <Text c="dimmed">{t('count', { count: count.data.count })}</Text>
        )}
      </Group>
      {mayEdit ? <AddMembers onAdd={(add) => change.mutate({ add })} isPending={change.isPending} /> : null}
      <ListView
        list={list}
        label={t('members')}
        columns={columns}
        rowKey={({ profile_id: id }) => id}
        empty={<EmptyState title={t('noMembers')} {...(mayEdit ? { text: t('noMembersText') } : {})} />}
      />
    </Card>
  );
}

function AddMembers({
  onAdd,
  isPending,
}: {
  readonly onAdd: (ids: string[]) => void;
  readonly isPending: boolean;
}) {
  const { t } = useTranslation('segments');
  const [text, setText] = useState('');
  const ids = text.split(/[\s,;]+/).filter((id) => id !== '');
  return (
    <Group align="flex-end" mb="md">
      <Textarea
        label={t('add')}
        description={t('addHelp')}
        autosize
        minRows={1}
        maxRows={6}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        flex={1}
        maw={420}
      />
      <Button
        disabled={ids.length === 0}
        loading={isPending}
        onClick={() => {
          onAdd(ids);
          setText('');
        }}
      >
        {t('addAction')}
      </Button>
    </Group>
  );
}
