import { ActionIcon, Anchor, Card, Group, Select, Text, Title } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { ProfileObject } from '../../../../src/http/admin/contract.ts';
import type { ProfileSegmentObject } from '../../../../src/http/admin/profile-contract.ts';
import { api } from '../../api/client.ts';
import { useSegments } from '../../api/lists.ts';
import { useMay } from '../../api/session.ts';
import { Moment } from '../../parts/moment.tsx';
import { tellDone, tellProblem } from '../../parts/notify.ts';
import { QueryView } from '../../parts/query-view.tsx';

interface Move {
  readonly segmentId: number;
  readonly way: 'add' | 'remove';
}

/** Puts the profile into a static segment, or takes it out. */
function useMove(profileId: string) {
  const { t } = useTranslation('profiles');
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ segmentId, way }: Move) =>
      api.post(`/segments/${segmentId}/members`, { [way]: [profileId] }),
    onSuccess: async (_answer, { way }) => {
      tellDone(way === 'add' ? t('segmentAdded') : t('segmentRemoved'));
      await client.invalidateQueries({ queryKey: ['/profiles', profileId, 'segments'] });
    },
    onError: tellProblem,
  });
}

/** The segments that a profile is in. Filters say who is in theirs; people say who is in static ones. */
export function ProfileSegments({ profile }: { readonly profile: ProfileObject }) {
  const { t } = useTranslation('profiles');
  const { id, database_id: databaseId } = profile;
  const mayMove = useMay('editor');
  const move = useMove(id);
  const query = useQuery({
    queryKey: ['/profiles', id, 'segments'],
    queryFn: async ({ signal }) =>
      (
        await api.get<{ data: ProfileSegmentObject[] }>(
          `/profiles/${id}/segments`,
          { database_id: databaseId },
          signal,
        )
      ).data,
  });
  return (
    <Card withBorder component="section" aria-label={t('segments')}>
      <Title order={2} size="h3" mb="xs">
        {t('segments')}
      </Title>
      <QueryView query={query} lines={1}>
        {(segments) => (
          <>
            {segments.length === 0 ? <Text c="dimmed">{t('noSegments')}</Text> : null}
            <Group gap="xs">
              {segments.map((segment) => (
                <Segment
                  key={segment.id}
                  segment={segment}
                  {...(mayMove && segment.kind === 'static'
                    ? { onRemove: () => move.mutate({ segmentId: segment.id, way: 'remove' }) }
                    : {})}
                />
              ))}
            </Group>
            {mayMove ? (
              <AddTo
                databaseId={databaseId}
                inside={segments}
                isPending={move.isPending}
                onAdd={(segmentId) => move.mutate({ segmentId, way: 'add' })}
              />
            ) : null}
          </>
        )}
      </QueryView>
      <Text size="xs" c="dimmed" mt="md">
        {t('made')} <Moment time={profile.created_at} /> · {t('changed')} <Moment time={profile.updated_at} />{' '}
        · {id}
      </Text>
    </Card>
  );
}

interface SegmentProps {
  readonly segment: ProfileSegmentObject;
  readonly onRemove?: () => void;
}

function Segment({ segment: { id, name }, onRemove }: SegmentProps) {
  const { t } = useTranslation('profiles');
  return (
    <Group
      gap={4}
      px="sm"
      py={2}
      bd="1px solid var(--mantine-color-default-border)"
      style={{ borderRadius: 'var(--mantine-radius-xl)' }}
    >
      <Anchor component={Link} to={`/segments/${id}`} size="sm" className="breakable">
        {name}
      </Anchor>
      {onRemove === undefined ? null : (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          aria-label={t('segmentRemove', { name })}
          onClick={onRemove}
        >
          <IconX size={14} aria-hidden />
        </ActionIcon>
      )}
    </Group>
  );
}

interface AddToProps {
  readonly databaseId: number;
  readonly inside: readonly ProfileSegmentObject[];
  readonly isPending: boolean;
  readonly onAdd: (segmentId: number) => void;
}

function AddTo({ databaseId, inside, isPending, onAdd }: AddToProps) {
  const { t } = useTranslation('profiles');
  const { data } = useSegments(databaseId);
  const free = (data ?? []).filter(
    ({ id, kind }) => kind === 'static' && inside.every((segment) => segment.id !== id),
  );
  if (free.length === 0) return null;
  return (
    <Select
      mt="sm"
      maw={320}
      size="xs"
      searchable
      aria-label={t('segmentAdd')}
      placeholder={t('segmentAdd')}
      disabled={isPending}
      data={free.map(({ id, name }) => ({ value: String(id), label: name }))}
      value={null}
      onChange={(value) => value !== null && onAdd(Number(value))}
    />
  );
}
