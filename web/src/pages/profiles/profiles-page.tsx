import { Button, Collapse, Group, Menu, Stack, Text, TextInput } from '@mantine/core';
import { IconAddressBook, IconDownload, IconFilter, IconPlus, IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import type { ProfileObject } from '../../../../src/http/admin/contract.ts';
import { urlOf } from '../../api/client.ts';
import { searchFieldOf } from '../../api/find-profile.ts';
import { useMay } from '../../api/session.ts';
import { FilterEditor } from '../../filter/filter-editor.tsx';
import { useCurrentDatabase } from '../../parts/current-database.ts';
import type { Column } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { type JsonRecord, parseRecord } from '../../parts/json-record.ts';
import { useKeyset } from '../../parts/keyset.ts';
import { ListView } from '../../parts/list-view.tsx';
import { Moment } from '../../parts/moment.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { DatabasePick } from '../../parts/picks.tsx';
import { FilterFigures } from './filter-figures.tsx';
import { NewProfile } from './new-profile.tsx';
import { printValue } from './print-value.ts';

const ID = /^[0-9a-f]{24}$/;

function useColumns(): Column<ProfileObject>[] {
  const { t } = useTranslation('profiles');
  const text = (key: string) => (profile: ProfileObject) => printValue(profile.fields[key]);
  return [
    {
      key: 'email',
      header: t('email'),
      render: (profile) =>
        printValue(profile.fields['email']) || printValue(profile.fields['phones']) || profile.id,
    },
    {
      key: 'name',
      header: t('name'),
      render: (profile) => [text('_fname')(profile), text('_lname')(profile)].filter(Boolean).join(' '),
    },
    { key: 'phones', header: t('phones'), render: text('phones') },
    { key: 'city', header: t('city'), render: text('_city') },
    { key: 'changed', header: t('changed'), render: (profile) => <Moment time={profile.updated_at} /> },
  ];
}

/** What the address says is looked for. */
function useSearch() {
  const [search, setSearch] = useSearchParams();
  const text = search.get('search')?.trim() ?? '';
  const parsed = parseRecord(search.get('filter') ?? '{}');
  const filter = 'value' in parsed ? parsed.value : {};
  const set = (changes: Record<string, string | null>) =>
    setSearch((old) => {
      const next = new URLSearchParams(old);
      for (const [key, value] of Object.entries(changes)) {
        if (value === null) next.delete(key);
        else next.set(key, value);
      }
      return next;
    });
  return { text, filter, hasFilter: Object.keys(filter).length > 0, set };
}

/** The query of the API for a search; undefined = the text is nothing that is looked for so. */
function queryOf(text: string, filter: JsonRecord, hasFilter: boolean): Record<string, string> | undefined {
  if (text === '') return hasFilter ? { filter: JSON.stringify(filter) } : {};
  if (ID.test(text)) return { field: 'id', value: text };
  const field = searchFieldOf(text);
  return field === undefined ? undefined : { field, value: text };
}

export function ProfilesPage() {
  const { t } = useTranslation('profiles');
  const mayEdit = useMay('editor');
  const { database, choose } = useCurrentDatabase();
  const { text, filter, hasFilter, set } = useSearch();
  const [isFiltering, setFiltering] = useState(hasFilter);
  const [isMaking, setMaking] = useState(false);
  const query = queryOf(text, filter, hasFilter);
  const list = useKeyset<ProfileObject>(
    '/profiles',
    { database_id: database?.id, ...query },
    { enabled: database !== undefined && query !== undefined },
  );
  const columns = useColumns();
  return (
    <>
      <PageHeader
        title={t('title')}
        about={t('about')}
        actions={
          <>
            <ExportMenu databaseId={database?.id} query={query} />
            {mayEdit ? (
              <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setMaking(true)}>
                {t('make')}
              </Button>
            ) : null}
          </>
        }
      />
      <Group mb="md" align="flex-end">
        <DatabasePick value={database?.id} onChange={choose} allowDeselect={false} />
        <SearchField text={text} onSearch={(next) => set({ search: next, filter: null })} />
        <Button
          variant={isFiltering ? 'light' : 'default'}
          leftSection={<IconFilter size={16} aria-hidden />}
          onClick={() => setFiltering(!isFiltering)}
          aria-expanded={isFiltering}
        >
          {isFiltering ? t('hideFilter') : t('filter')}
        </Button>
      </Group>
      <Collapse expanded={isFiltering}>
        <FilterPanel
          key={JSON.stringify(filter)}
          databaseId={database?.id}
          filter={filter}
          onApply={(next) => set({ search: null, filter: next === null ? null : JSON.stringify(next) })}
        />
      </Collapse>
      {query === undefined ? (
        <Text c="var(--mantine-color-error)" role="alert">
          {t('searchWrong')}
        </Text>
      ) : (
        <ListView
          list={list}
          label={t('title')}
          columns={columns}
          rowKey={({ id }) => id}
          linkOf={({ id, database_id: databaseId }) => `/profiles/${id}?database=${databaseId}`}
          empty={<Nobody isSearch={text !== '' || hasFilter} />}
        />
      )}
      {isMaking && database !== undefined ? (
        <NewProfile databaseId={database.id} onClose={() => setMaking(false)} />
      ) : null}
    </>
  );
}

interface SearchFieldProps {
  readonly text: string;
  /** null = nobody in particular. */
  readonly onSearch: (text: string | null) => void;
}

function SearchField({ text, onSearch }: SearchFieldProps) {
  const { t } = useTranslation('profiles');
  const [typed, setTyped] = useState(text);
  useEffect(() => setTyped(text), [text]);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSearch(typed.trim() === '' ? null : typed.trim());
      }}
    >
      <Group gap="xs" align="flex-end">
        <TextInput
          label={t('search')}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          leftSection={<IconSearch size={16} aria-hidden />}
        />
        <Button type="submit" variant="default">
          {t('searchAction')}
        </Button>
      </Group>
    </form>
  );
}

function Nobody({ isSearch }: { readonly isSearch: boolean }) {
  const { t } = useTranslation('profiles');
  const mayImport = useMay('editor');
  if (isSearch) return <EmptyState icon={IconSearch} title={t('noneFound')} text={t('noneFoundText')} />;
  return (
    <EmptyState
      icon={IconAddressBook}
      title={t('nobody')}
      text={t('nobodyText')}
      action={
        mayImport ? (
          <Button component={Link} to="/import">
            {t('import')}
          </Button>
        ) : null
      }
    />
  );
}

interface ExportMenuProps {
  readonly databaseId: number | undefined;
  readonly query: Record<string, string> | undefined;
}

function ExportMenu({ databaseId, query }: ExportMenuProps) {
  const { t } = useTranslation('profiles');
  if (databaseId === undefined || query === undefined) return null;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />}>
          {t('export')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(['csv', 'ndjson'] as const).map((format) => (
          <Menu.Item
            key={format}
            component="a"
            download
            href={urlOf('/profiles/export', { database_id: databaseId, ...query, format })}
          >
            {format === 'csv' ? t('exportCsv') : t('exportNdjson')}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

interface FilterPanelProps {
  readonly databaseId: number | undefined;
  readonly filter: JsonRecord;
  /** null takes the filter away. */
  readonly onApply: (filter: JsonRecord | null) => void;
}

function FilterPanel({ databaseId, filter, onApply }: FilterPanelProps) {
  const { t } = useTranslation('profiles');
  const [draft, setDraft] = useState<JsonRecord | undefined>(filter);
  return (
    <Stack gap="xs" mb="md">
      <FilterEditor databaseId={databaseId} value={draft ?? filter} onChange={setDraft} />
      <Group gap="xs">
        <Button disabled={draft === undefined} onClick={() => draft !== undefined && onApply(draft)}>
          {t('apply')}
        </Button>
        <Button variant="default" onClick={() => onApply(null)}>
          {t('clear')}
        </Button>
        {Object.keys(filter).length > 0 && databaseId !== undefined ? (
          <FilterFigures databaseId={databaseId} filter={filter} />
        ) : null}
      </Group>
    </Stack>
  );
}
