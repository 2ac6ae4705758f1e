import { Badge, Group, Select } from '@mantine/core';
import { IconActivity } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import type { AuditEntryObject } from '../../../../src/http/admin/account-contract.ts';
import type { Column } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { useKeyset } from '../../parts/keyset.ts';
import { ListView } from '../../parts/list-view.tsx';
import { Moment } from '../../parts/moment.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { ObjectLink } from './object-link.tsx';
import { en } from './words.ts';

const kinds = Object.keys(en.objects);

function isKnown<T extends object>(words: T, key: string): key is Extract<keyof T, string> {
  return Object.hasOwn(words, key);
}

function capitalize(text: string): string {
  return text.slice(0, 1).toLocaleUpperCase() + text.slice(1);
}

/** `workflow.publish` in words; what this version does not know stays as it is. */
function useActionWords(): (action: string) => string {
  const { t } = useTranslation('audit');
  return (action) => {
    const dot = action.indexOf('.');
    const [kind, verb] = [action.slice(0, dot), action.slice(dot + 1)];
    if (!isKnown(en.objects, kind) || !isKnown(en.verbs, verb)) return action;
    return capitalize(`${t(`objects.${kind}`)}: ${t(`verbs.${verb}`)}`);
  };
}

function useColumns(): Column<AuditEntryObject>[] {
  const { t } = useTranslation('audit');
  const inWords = useActionWords();
  return [
    { key: 'action', header: t('action'), render: ({ action }) => inWords(action) },
    { key: 'object', header: t('object'), render: ({ object }) => <ObjectLink object={object} /> },
    {
      key: 'actor',
      header: t('actor'),
      render: ({ actor }) => {
        if (actor.kind === 'system') return t('system');
        return actor.kind === 'token' ? `${actor.name} (${t('token')})` : actor.name;
      },
    },
    { key: 'at', header: t('at'), render: ({ at }) => <Moment time={at} /> },
    { key: 'from', header: t('from'), render: ({ ip }) => ip ?? '' },
    {
      key: 'details',
      header: t('details'),
      render: ({ details }) => <Keys keys={details['keys']} />,
    },
  ];
}

function Keys({ keys }: { readonly keys: unknown }) {
  if (!Array.isArray(keys) || keys.length === 0) return null;
  return (
    <Group gap={4}>
      {keys.map(String).map((key) => (
        <Badge key={key} variant="outline" color="gray" size="sm" tt="none">
          {key}
        </Badge>
      ))}
    </Group>
  );
}

export function AuditPage() {
  const { t } = useTranslation('audit');
  const [search, setSearch] = useSearchParams();
  const [kind, actor] = [search.get('kind'), search.get('actor')];
  const list = useKeyset<AuditEntryObject>('/audit', {
    action: kind ?? undefined,
    actor: actor ?? undefined,
  });
  const columns = useColumns();
  const choose = (key: string) => (value: string | null) =>
    setSearch((old) => {
      const next = new URLSearchParams(old);
      if (value === null) next.delete(key);
      else next.set(key, value);
      return next;
    });
  const isFiltered = kind !== null || actor !== null;
  return (
    <>
      <PageHeader title={t('title')} about={t('about')} />
      <Group mb="md">
        <Select
          label={t('kind')}
          placeholder={t('everyKind')}
          clearable
          searchable
          data={kinds.flatMap((one) =>
            isKnown(en.objects, one) ? { value: one, label: t(`objects.${one}`) } : [],
          )}
          value={kind}
          onChange={choose('kind')}
        />
        <Select
          label={t('who')}
          placeholder={t('everybody')}
          clearable
          data={[
            { value: 'user', label: t('people') },
            { value: 'token', label: t('programs') },
          ]}
          value={actor}
          onChange={choose('actor')}
        />
      </Group>
      <ListView
        list={list}
        label={t('title')}
        columns={columns}
        rowKey={({ id }) => id}
        empty={
          <EmptyState
            icon={IconActivity}
            title={t('empty')}
            text={isFiltered ? t('emptyFilter') : t('emptyText')}
          />
        }
      />
    </>
  );
}
