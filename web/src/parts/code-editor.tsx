import { Input, Skeleton } from '@mantine/core';
import { lazy, Suspense, useId } from 'react';
import type { CodeEditorProps } from './code-editor-props.ts';

const CodeMirrorField = lazy(async () => ({ default: (await import('./code-mirror.tsx')).CodeMirrorField }));

/** A text with colours, line numbers and marks where it is wrong; its program is loaded when the first one is shown. */
export function CodeEditor(props: CodeEditorProps) {
  const { label, description, error } = props;
  const id = useId();
  return (
    <Input.Wrapper
      label={label}
      description={description}
      error={error}
      labelElement="div"
      labelProps={{ id }}
    >
      <Suspense fallback={<Skeleton height={120} />}>
        <CodeMirrorField {...props} labelId={id} />
      </Suspense>
    </Input.Wrapper>
  );
}
