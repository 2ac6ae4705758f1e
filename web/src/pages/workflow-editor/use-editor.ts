import { useRef, useState } from 'react';
import type { WorkflowObject } from '../../../../src/http/admin/contract.ts';
import {
  addNode,
  connect,
  copyNodes,
  type Draft,
  disconnect,
  moveNodes,
  type OutputsByType,
  type Place,
  pasteNodes,
  printDraft,
  readDraft,
  removeNodes,
  renameNode,
  type Settings,
  setSettings,
} from './draft.ts';
import { doStep, redo, startHistory, undo } from './history.ts';
import { layOut } from './lay-out.ts';

const NOBODY: ReadonlySet<string> = new Set();

/** Settings that a new node begins with, so that it is not at fault for what everybody means. */
const beginnings: Readonly<Record<string, Settings>> = {
  start: { name: 'Default' },
  delay: { for: 'P1D' },
  condition: { filter: {} },
  content_filter: { filter: {} },
  split: { branches: [{ share: 1 }, { share: 1 }] },
  send: { channel: 'email' },
  wait_event: { event: 'clicked', timeout: 'P3D' },
  update_profile: { fields: {} },
};

/** The draft of a workflow while it is edited, with what can be undone and what is selected. */
export function useEditor(workflow: WorkflowObject, types: OutputsByType) {
  const [history, setHistory] = useState(() => startHistory(readDraft(workflow.definition)));
  const [saved, setSaved] = useState(() => JSON.stringify(printDraft(history.present)));
  const [selected, select] = useState<ReadonlySet<string>>(NOBODY);
  /** The node and setting that was changed last: letters of one word are one step. */
  const lastEdit = useRef<string | undefined>(undefined);
  const draft = history.present;

  const change = (edit: (draft: Draft) => Draft, name?: string): void => {
    const joins = name !== undefined && name === lastEdit.current;
    lastEdit.current = name;
    setHistory((old) => doStep(old, edit(old.present), joins));
  };
  const step = (move: typeof undo) => (): void => {
    lastEdit.current = undefined;
    setHistory((old) => move(old));
    select(NOBODY);
  };
  return {
    draft,
    selected,
    select,
    isDirty: JSON.stringify(printDraft(draft)) !== saved,
    markSaved: (of: Draft) => setSaved(JSON.stringify(printDraft(of))),
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    undo: step(undo),
    redo: step(redo),
    add: (type: string, place: Place): void => {
      const { draft: next, id } = addNode(draft, type, beginnings[type] ?? {}, place);
      change(() => next);
      select(new Set([id]));
    },
    connect: (source: string, key: string, target: string) =>
      change((old) => connect(old, source, key, target)),
    disconnect: (source: string, key: string) => change((old) => disconnect(old, source, key)),
    setSettings: (id: string, settings: Settings) => change((old) => setSettings(old, id, settings), id),
    rename: (id: string, next: string): void => {
      change((old) => renameNode(old, id, next, types));
      select(new Set([next]));
    },
    remove: (ids: ReadonlySet<string>): void => {
      change((old) => removeNodes(old, ids, types));
      select(NOBODY);
    },
    move: (places: Record<string, Place>) => change((old) => moveNodes(old, places)),
    layOut: () => change((old) => ({ ...old, layout: layOut(old, types) })),
    copied: () => copyNodes(draft, selected, types),
    paste: (copied: Draft): void => {
      const { draft: next, ids } = pasteNodes(draft, copied, types);
      change(() => next);
      select(ids);
    },
    replace: (definition: unknown) => change(() => readDraft(definition), 'json'),
  };
}

export type Editor = ReturnType<typeof useEditor>;
