import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeEditor } from '../../../parts/code-editor.tsx';
import { parseRecord } from '../../../parts/json-record.ts';

interface TemplateJsonFieldProps {
  readonly label: string;
  readonly description: string | undefined;
  readonly error: string | undefined;
  /** Else what is no JSON is a text. */
  readonly mustBeObject: boolean;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}

function print(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** JSON whose texts are templates, or where that may be, a text. */
export function TemplateJsonField(props: TemplateJsonFieldProps) {
  const { label, description, error, mustBeObject, value, onChange } = props;
  const { t } = useTranslation('parts');
  const [text, setText] = useState(() => print(value));
  const [fault, setFault] = useState<string | undefined>();
  const change = (next: string): void => {
    setText(next);
    setFault(undefined);
    if (next.trim() === '') onChange(undefined);
    else if (mustBeObject) {
      const parsed = parseRecord(next);
      if ('value' in parsed) onChange(parsed.value);
      else setFault(parsed.fault === null ? t('notObject') : t('notJson', { fault: parsed.fault }));
    } else {
      const parsed = parse(next);
      const isStructure = typeof parsed?.value === 'object' && parsed.value !== null;
      onChange(isStructure ? parsed?.value : next);
    }
  };
  return (
    <CodeEditor
      label={label}
      description={description}
      error={fault ?? error}
      value={text}
      onChange={change}
      minHeight="80px"
      maxHeight="260px"
    />
  );
}
