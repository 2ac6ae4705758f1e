import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeEditor } from './code-editor.tsx';
import { type JsonRecord, parseRecord } from './json-record.ts';

interface JsonEditorProps {
  readonly label: string;
  readonly description?: string | undefined;
  readonly value: JsonRecord;
  /** undefined while what stands there is no JSON object. */
  readonly onChange: (value: JsonRecord | undefined) => void;
  readonly error?: string | undefined;
  readonly minHeight?: string;
}

/** A JSON object to write by hand; says so while it is none. What is changed from outside replaces the text. */
export function JsonEditor({ label, description, value, onChange, error, minHeight }: JsonEditorProps) {
  const { t } = useTranslation('parts');
  const [text, setText] = useState(() => JSON.stringify(value, null, 2));
  const own = useRef(value);
  const [fault, setFault] = useState<string | undefined>();

  useEffect(() => {
    if (value === own.current) return;
    own.current = value;
    setText(JSON.stringify(value, null, 2));
    setFault(undefined);
  }, [value]);

  const change = (next: string): void => {
    setText(next);
    const parsed = parseRecord(next);
    if ('value' in parsed) {
      own.current = parsed.value;
      setFault(undefined);
      onChange(parsed.value);
    } else {
      setFault(parsed.fault === null ? t('notObject') : t('notJson', { fault: parsed.fault }));
      onChange(undefined);
    }
  };
  return (
    <CodeEditor
      label={label}
      description={description}
      value={text}
      onChange={change}
      error={fault ?? error}
      {...(minHeight === undefined ? {} : { minHeight })}
    />
  );
}
