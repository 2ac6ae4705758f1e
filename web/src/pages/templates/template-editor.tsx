import { Alert, Card, Checkbox, Stack, Text, TextInput } from '@mantine/core';
import { useRef } from 'react';
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
  /** What takes a variable: the part that was written in last. */
  const last = useRef<'subject' | 'html' | 'text'>(isMail ? 'html' : 'text');
  const insert = (form: string): void => {
    const part = last.current;
    onChange({ [part]: `${draft[part]}${form}` });
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
          <TextInput
            label={t('subject')}
            value={draft.subject}
            readOnly={isReadOnly}
            error={errorOf('subject')}
            onFocus={() => {
              last.current = 'subject';
            }}
            onChange={(event) => onChange({ subject: event.currentTarget.value })}
          />
          <CodeEditor
            label={t('html')}
            language="html"
            value={draft.html}
            isReadOnly={isReadOnly}
            faults={marksOf(errors, 'html')}
            onChange={(html) => {
              last.current = 'html';
              onChange({ html });
            }}
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
        onChange={(text) => {
          last.current = 'text';
          onChange({ text });
        }}
        minHeight={isMail ? '80px' : '160px'}
      />
      <MoreParts {...props} isMail={isMail} />
      {isReadOnly ? null : <Variables databaseId={databaseId} onInsert={insert} />}
    </Stack>
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
