import { useEffect } from 'react';
import { printDraft, readDraft } from './draft.ts';
import type { Editor } from './use-editor.ts';

/** Under which nodes are known again when they are pasted, also from another workflow or another Muster. */
const MARK = 'muster-nodes';

function isWriting(): boolean {
  const { activeElement: focused } = document;
  return (
    focused instanceof HTMLElement &&
    (focused.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(focused.tagName))
  );
}

function readNodes(text: string) {
  try {
    const value: Record<string, unknown> = JSON.parse(text);
    return MARK in value ? readDraft(value[MARK]) : undefined;
  } catch {
    return undefined;
  }
}

/** Copy, cut and paste of the selected nodes; while somebody writes, of what they write. */
export function useClipboard(editor: Editor, isReadOnly: boolean): void {
  useEffect(() => {
    const copy = (event: ClipboardEvent): boolean => {
      if (isWriting() || editor.selected.size === 0) return false;
      const text = JSON.stringify({ [MARK]: printDraft(editor.copied()) }, null, 2);
      event.clipboardData?.setData('text/plain', text);
      event.preventDefault();
      return true;
    };
    const cut = (event: ClipboardEvent): void => {
      if (!isReadOnly && copy(event)) editor.remove(editor.selected);
    };
    const paste = (event: ClipboardEvent): void => {
      if (isWriting() || isReadOnly) return;
      const nodes = readNodes(event.clipboardData?.getData('text/plain') ?? '');
      if (nodes === undefined) return;
      event.preventDefault();
      editor.paste(nodes);
    };
    document.addEventListener('copy', copy);
    document.addEventListener('cut', cut);
    document.addEventListener('paste', paste);
    return () => {
      document.removeEventListener('copy', copy);
      document.removeEventListener('cut', cut);
      document.removeEventListener('paste', paste);
    };
  }, [editor, isReadOnly]);
}
