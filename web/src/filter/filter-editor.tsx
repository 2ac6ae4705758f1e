import { Group, Input, SegmentedControl, Stack } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { JsonEditor } from '../parts/json-editor.tsx';
import type { JsonRecord } from '../parts/json-record.ts';
import { GroupEditor } from './group-editor.tsx';
import { type FilterGroup, printFilter, readFilter } from './tree.ts';

export interface FilterEditorProps {
  readonly label?: string;
  /** Whose fields there are; undefined = the filter is over other content. */
  readonly databaseId: number | undefined;
  readonly value: JsonRecord;
  /** undefined while what stands there is no filter. */
  readonly onChange: (filter: JsonRecord | undefined) => void;
  readonly error?: string | undefined;
}

/** A filter of the query language: built, or written as JSON; each is the other. */
export function FilterEditor({ label, databaseId, value, onChange, error }: FilterEditorProps) {
  const { t } = useTranslation('filter');
  const [view, setView] = useState('builder');
  const [tree, setTree] = useState<FilterGroup>(() => readFilter(value));
  const own = useRef(value);
  useEffect(() => {
    if (value === own.current) return;
    own.current = value;
    setTree(readFilter(value));
  }, [value]);
  const change = (next: FilterGroup): void => {
    setTree(next);
    own.current = printFilter(next);
    onChange(own.current);
  };
  const name = label ?? t('label');
  return (
    <Stack gap={4}>
      <Group justify="space-between">
        <Input.Label labelElement="div">{name}</Input.Label>
        <SegmentedControl
          size="xs"
          aria-label={name}
          value={view}
          onChange={setView}
          data={[
            { value: 'builder', label: t('builder') },
            { value: 'json', label: t('json') },
          ]}
        />
      </Group>
      {view === 'builder' ? (
        <>
          <GroupEditor group={tree} databaseId={databaseId} onChange={change} />
          {error === undefined ? null : <Input.Error>{error}</Input.Error>}
        </>
      ) : (
        <JsonEditor
          label={t('json')}
          description={t('help')}
          value={value}
          onChange={onChange}
          error={error}
        />
      )}
    </Stack>
  );
}
