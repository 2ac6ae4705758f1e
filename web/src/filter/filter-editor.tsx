import { useTranslation } from 'react-i18next';
import { JsonEditor } from '../parts/json-editor.tsx';
import type { JsonRecord } from '../parts/json-record.ts';

export interface FilterEditorProps {
  readonly label?: string;
  /** Whose fields there are; undefined = the filter is over other content. */
  readonly databaseId: number | undefined;
  readonly value: JsonRecord;
  /** undefined while what stands there is no filter. */
  readonly onChange: (filter: JsonRecord | undefined) => void;
  readonly error?: string | undefined;
}

/** A filter of the query language. */
export function FilterEditor({ label, value, onChange, error }: FilterEditorProps) {
  const { t } = useTranslation('filter');
  return (
    <JsonEditor
      label={label ?? t('label')}
      description={t('help')}
      value={value}
      onChange={onChange}
      error={error}
    />
  );
}
