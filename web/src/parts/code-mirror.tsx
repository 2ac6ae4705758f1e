import { html } from '@codemirror/lang-html';
import { json } from '@codemirror/lang-json';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, linter, lintGutter } from '@codemirror/lint';
import { tags } from '@lezer/highlight';
import CodeMirror, { EditorView, type Extension } from '@uiw/react-codemirror';
import { useEffect, useMemo, useRef } from 'react';
import type { CodeEditorProps } from './code-editor-props.ts';

const frame = EditorView.theme({
  '&': {
    color: 'var(--mantine-color-text)',
    backgroundColor: 'var(--mantine-color-body)',
    border: '1px solid var(--mantine-color-default-border)',
    borderRadius: 'var(--mantine-radius-default)',
  },
  '&.cm-focused': { outline: '2px solid var(--mantine-primary-color-filled)' },
  '.cm-content': {
    caretColor: 'var(--mantine-color-text)',
    fontFamily: 'var(--mantine-font-family-monospace)',
    fontSize: '13px',
  },
  '.cm-cursor': { borderLeftColor: 'var(--mantine-color-text)' },
  '.cm-gutters': {
    color: 'var(--mantine-color-dimmed)',
    backgroundColor: 'var(--mantine-color-default-hover)',
    border: 'none',
  },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'light-dark(#c5e8f0, #1c4a57)',
  },
});

/** Colours of the theme: those of CodeMirror are too light to be read by many. */
const colors = syntaxHighlighting(
  HighlightStyle.define([
    { tag: [tags.propertyName, tags.attributeName], color: 'light-dark(#0b5d70, #66d9e8)' },
    { tag: [tags.tagName, tags.keyword, tags.bool, tags.null], color: 'light-dark(#862e9c, #e599f7)' },
    { tag: [tags.string, tags.attributeValue], color: 'light-dark(#2b6a1e, #a9e34b)' },
    { tag: [tags.number], color: 'light-dark(#a33a00, #ffc078)' },
    { tag: [tags.comment], color: 'light-dark(#55606b, #adb5bd)' },
  ]),
);

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
  const { value, onChange, onFocus, language = 'json', faults, labelId, label, isReadOnly = false } = props;
  // The extensions are made once; what they call may be another one each time.
  const tellFocus = useRef(onFocus);
  useEffect(() => {
    tellFocus.current = onFocus;
  });
  const extensions = useMemo(
    () => [
      frame,
      colors,
      EditorView.lineWrapping,
      EditorView.domEventHandlers({
        focus: (_event, view) => {
          tellFocus.current?.((text) => {
            view.dispatch(view.state.replaceSelection(text));
            view.focus();
          });
        },
      }),
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
      theme="none"
      extensions={extensions}
      readOnly={isReadOnly}
      minHeight={props.minHeight ?? '120px'}
      maxHeight={props.maxHeight ?? '480px'}
      onChange={(text) => onChange?.(text)}
      basicSetup={{ foldGutter: false, highlightActiveLine: !isReadOnly }}
    />
  );
}
