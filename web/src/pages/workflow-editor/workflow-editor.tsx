import { Box, Button, SegmentedControl } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WorkflowObject } from '../../../../src/http/admin/contract.ts';
import type { NodeTypeObject, WorkflowFault } from '../../../../src/http/admin/workflow-contract.ts';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { JsonEditor } from '../../parts/json-editor.tsx';
import { LeaveGuard } from '../../parts/leave-guard.tsx';
import { tellDone, tellProblem } from '../../parts/notify.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { type Draft, printDraft } from './draft.ts';
import { FaultList } from './fault-list.tsx';
import { Graph } from './graph.tsx';
import { outputsByType } from './node-types.ts';
import { PublishDialog } from './publish-dialog.tsx';
import { useClipboard } from './use-clipboard.ts';
import { type Editor, useEditor } from './use-editor.ts';
import { useFaults } from './use-faults.ts';

interface WorkflowEditorProps {
  readonly workflow: WorkflowObject;
  readonly types: readonly NodeTypeObject[];
}

function useSave(workflow: WorkflowObject, editor: Editor) {
  const { t } = useTranslation('workflowEditor');
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (draft: Draft) => {
      await api.patch(`/workflows/${workflow.id}`, { definition: printDraft(draft) });
      return draft;
    },
    onSuccess: async (draft) => {
      editor.markSaved(draft);
      tellDone(t('saved'));
      await client.invalidateQueries({ queryKey: ['/workflows', 'all'] });
    },
    onError: tellProblem,
  });
}

interface EditorActionsProps {
  readonly editor: Editor;
  readonly faults: readonly WorkflowFault[] | undefined;
  readonly view: string;
  readonly onView: (view: string) => void;
  /** undefined = one may only look. */
  readonly save: ReturnType<typeof useSave> | undefined;
  readonly onPublish: () => void;
}

function EditorActions({ editor, faults, view, onView, save, onPublish }: EditorActionsProps) {
  const { t } = useTranslation('workflowEditor');
  return (
    <>
      <FaultList faults={faults} onSelect={(node) => editor.select(new Set([node]))} />
      <SegmentedControl
        size="xs"
        value={view}
        onChange={onView}
        data={[
          { value: 'graph', label: t('graph') },
          { value: 'json', label: t('json') },
        ]}
      />
      {save === undefined ? null : (
        <>
          <Button
            variant="default"
            disabled={!editor.isDirty}
            loading={save.isPending}
            onClick={() => save.mutate(editor.draft)}
          >
            {t('save')}
          </Button>
          <Button disabled={faults === undefined || faults.length > 0} onClick={onPublish}>
            {t('publish')}
          </Button>
        </>
      )}
    </>
  );
}

export function WorkflowEditor({ workflow, types }: WorkflowEditorProps) {
  const { t } = useTranslation('workflowEditor');
  const isReadOnly = !useMay('editor');
  const outputs = useMemo(() => outputsByType(types), [types]);
  const editor = useEditor(workflow, outputs);
  const { draft } = editor;
  const { faults } = useFaults(workflow, draft);
  const save = useSave(workflow, editor);
  const [isPublishing, setPublishing] = useState(false);
  const [view, setView] = useState('graph');
  const definition = useDefinition(draft);
  const hotkeys = isReadOnly
    ? []
    : ([
        ['mod+Z', editor.undo],
        ['mod+shift+Z', editor.redo],
        ['mod+Y', editor.redo],
      ] satisfies [string, () => void][]);
  useHotkeys(hotkeys);
  useHotkeys(isReadOnly ? [] : [['mod+S', () => save.mutate(draft)]], []);
  useClipboard(editor, isReadOnly);
  return (
    <Box>
      <LeaveGuard isDirty={editor.isDirty && !isReadOnly} />
      <PageHeader
        title={workflow.name}
        above={[
          { to: '/workflows', title: t('workflows') },
          { to: `/workflows/${workflow.id}`, title: workflow.name },
        ]}
        badge={editor.isDirty ? <StateBadge mood="warning">{t('unsaved')}</StateBadge> : undefined}
        actions={
          <EditorActions
            editor={editor}
            faults={faults}
            view={view}
            onView={setView}
            save={isReadOnly ? undefined : save}
            onPublish={() => setPublishing(true)}
          />
        }
      />
      {view === 'json' ? (
        <JsonEditor
          label={t('jsonLabel')}
          value={definition}
          minHeight="400px"
          onChange={(next) => next !== undefined && !isReadOnly && editor.replace(next)}
        />
      ) : (
        <Graph
          workflow={workflow}
          types={types}
          outputs={outputs}
          editor={editor}
          isReadOnly={isReadOnly}
          faults={faults ?? []}
        />
      )}
      {isPublishing ? (
        <PublishDialog
          workflow={workflow}
          draft={draft}
          onClose={() => setPublishing(false)}
          onPublished={() => {
            editor.markSaved(draft);
            setPublishing(false);
          }}
        />
      ) : null}
    </Box>
  );
}

/** The same object as long as the draft is the same, so that the text of the JSON editor is not written anew. */
function useDefinition(draft: Draft) {
  const text = JSON.stringify(printDraft(draft));
  return useMemo((): Record<string, unknown> => JSON.parse(text), [text]);
}
