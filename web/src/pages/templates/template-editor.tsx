import { Alert, Card, Checkbox, Stack, Text, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PreviewObject, TemplateObject } from '../../../../src/http/admin/template-contract.ts';
import { CodeEditor } from '../../parts/code-editor.tsx';
import { JsonEditor } from '../../parts/json-editor.tsx';
import type { TemplateDraft } from './use-template-draft.ts';
import { Variables } from './variables.tsx';

type Errors = PreviewObject['errors'];

interface TemplateEditorProps {
  readonly template: TemplateObject;
  readonly draft: TemplateDraft;
  readonly onChange: (part: Partial<TemplateDraft>) => void;
  readonly errors: Errors;
  readonly databaseId: number | undefined;
  readonly isReadOnly: boolean;
}

/** Faults of a part with their places, for the marks in its text. */
function marksOf(errors: Errors, path: string) {
  return errors.flatMap((error) =>
    error.path === path && error.line !== undefined
      ? [{ line: error.line, column: error.column ?? 1, message: error.message }]
      : [],
  );
}

/** The parts of a template, with their faults where they are. */
export function TemplateEditor(props: TemplateEditorProps) {
  const { template, draft, onChange, errors, databaseId, isReadOnly } = props;
  const { t } = useTranslation('templates');
  const isMail = template.channel === 'email';
  /** Of the field that has the cursor, or had it last. */
  const put = useRef<((form: string) => void) | null>(null);
  const takePut = (next: (form: string) => void): void => {
    put.current = next;
  };
  const insert = (form: string): void => {
    const part = isMail ? 'html' : 'text';
    if (put.current === null) onChange({ [part]: `${draft[part]}${form}` });
    else put.current(form);
  };
  const errorOf = (path: string) => errors.find((error) => error.path === path)?.message;
  return (
    <Stack>
      <FaultList errors={errors} />
      <TextInput
        label={t('name')}
        value={draft.name}
        readOnly={isReadOnly}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      {isMail ? (
        <>
          <Subject
            value={draft.subject}
            isReadOnly={isReadOnly}
            error={errorOf('subject')}
            onChange={(subject) => onChange({ subject })}
            onFocus={takePut}
          />
          <CodeEditor
            label={t('html')}
            language="html"
            value={draft.html}
            isReadOnly={isReadOnly}
            faults={marksOf(errors, 'html')}
            onChange={(html) => onChange({ html })}
            onFocus={takePut}
            minHeight="220px"
          />
        </>
      ) : null}
      <CodeEditor
        label={t('text')}
        description={isMail ? t('textHelp') : undefined}
        language="text"
        value={draft.text}
        isReadOnly={isReadOnly}
        faults={marksOf(errors, 'text')}
        onChange={(text) => onChange({ text })}
        onFocus={takePut}
        minHeight={isMail ? '80px' : '160px'}
      />
      <MoreParts {...props} isMail={isMail} />
      {isReadOnly ? null : <Variables databaseId={databaseId} onInsert={insert} />}
    </Stack>
  );
}

interface SubjectProps {
  readonly value: string;
  readonly error: string | undefined;
  readonly isReadOnly: boolean;
  readonly onChange: (subject: string) => void;
  readonly onFocus: (put: (form: string) => void) => void;
}

function Subject({ value, error, isReadOnly, onChange, onFocus }: SubjectProps) {
  const { t } = useTranslation('templates');
  const input = useRef<HTMLInputElement>(null);
  /** Where the cursor is to stand once the field shows its new text. */
  const [cursor, setCursor] = useState<number | null>(null);
  useEffect(() => {
    if (cursor === null) return;
    input.current?.focus();
    input.current?.setSelectionRange(cursor, cursor);
    setCursor(null);
  }, [cursor]);
  const put = (form: string): void => {
    const field = input.current;
    if (field === null) return;
    const { selectionStart, selectionEnd } = field;
    const from = selectionStart ?? field.value.length;
    onChange(field.value.slice(0, from) + form + field.value.slice(selectionEnd ?? from));
    setCursor(from + form.length);
  };
  return (
    <TextInput
      ref={input}
      label={t('subject')}
      value={value}
      readOnly={isReadOnly}
      error={error}
      onFocus={() => onFocus(put)}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function FaultList({ errors }: { readonly errors: Errors }) {
  const { t } = useTranslation('templates');
  if (errors.length === 0) return null;
  return (
    <Alert color="red" title={t('faults')} role="status">
      {errors.map(({ path, message, line, column }) => (
        <Text key={`${path} ${line} ${column} ${message}`} size="sm" className="breakable">
          {path}
          {line === undefined ? '' : `, ${t('fault', { line, column: column ?? 1 })}`}: {message}
        </Text>
      ))}
    </Alert>
  );
}

function MoreParts({
  draft,
  onChange,
  isReadOnly,
  isMail,
}: TemplateEditorProps & { readonly isMail: boolean }) {
  const { t } = useTranslation('templates');
  return (
    <Card withBorder p="sm">
      <Stack gap="sm">
        {isMail ? (
          <Checkbox
            label={t('trackOpens')}
            checked={draft.track_opens}
            disabled={isReadOnly}
            onChange={(event) => onChange({ track_opens: event.currentTarget.checked })}
          />
        ) : null}
        <Checkbox
          label={t('trackClicks')}
          checked={draft.track_clicks}
          disabled={isReadOnly}
          onChange={(event) => onChange({ track_clicks: event.currentTarget.checked })}
        />
        <JsonEditor
          label={isMail ? t('headers') : t('data')}
          value={isMail ? draft.headers : draft.data}
          onChange={(value) => value !== undefined && onChange(isMail ? { headers: value } : { data: value })}
          minHeight="40px"
        />
      </Stack>
    </Card>
  );
}
