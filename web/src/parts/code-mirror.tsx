import { html } from '@codemirror/lang-html';
import { json } from '@codemirror/lang-json';
import { type Diagnostic, linter, lintGutter } from '@codemirror/lint';
import { useComputedColorScheme } from '@mantine/core';
import CodeMirror, { EditorView, type Extension } from '@uiw/react-codemirror';
import { useMemo } from 'react';
import type { CodeEditorProps } from './code-editor-props.ts';

const frame = EditorView.theme({
  '&': {
    border: '1px solid var(--mantine-color-default-border)',
    borderRadius: 'var(--mantine-radius-default)',
  },
  '&.cm-focused': { outline: '2px solid var(--mantine-primary-color-filled)' },
  '.cm-content': { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '13px' },
});

function markFaults(faults: NonNullable<CodeEditorProps['faults']>): Extension {
  return linter(({ state: { doc } }) =>
    faults.map(({ line, column, message }): Diagnostic => {
      const found = doc.line(Math.min(Math.max(line, 1), doc.lines));
      const from = Math.min(found.from + Math.max(column, 1) - 1, found.to);
      return { from, to: Math.min(from + 1, found.to), severity: 'error', message };
    }),
  );
}

/** CodeMirror as a field of a form. Escape, then Tab leaves it by keyboard. */
export function CodeMirrorField(props: CodeEditorProps & { readonly labelId: string }) {
  const { value, onChange, language = 'json', faults, labelId, label, isReadOnly = false } = props;
  const scheme = useComputedColorScheme('light');
  const extensions = useMemo(
    () => [
      frame,
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': label, 'aria-describedby': labelId }),
      ...(language === 'json' ? [json()] : []),
      ...(language === 'html' ? [html()] : []),
      ...(faults === undefined ? [] : [lintGutter(), markFaults(faults)]),
    ],
    [language, faults, label, labelId],
  );
  return (
    <CodeMirror
      value={value}
      theme={scheme}
      extensions={extensions}
      readOnly={isReadOnly}
      minHeight={props.minHeight ?? '120px'}
      maxHeight={props.maxHeight ?? '480px'}
      onChange={(text) => onChange?.(text)}
      basicSetup={{ foldGutter: false, highlightActiveLine: !isReadOnly }}
    />
  );
}
