import { Button, Menu, SimpleGrid, Stack, Tabs } from '@mantine/core';
import { useHotkeys, useMediaQuery } from '@mantine/hooks';
import { IconDots } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import type { TemplateObject } from '../../../../src/http/admin/template-contract.ts';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { useConfirm } from '../../parts/confirm.tsx';
import { useCurrentDatabase } from '../../parts/current-database.ts';
import { LeaveGuard } from '../../parts/leave-guard.tsx';
import { tellDone, tellProblem } from '../../parts/notify.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { TemplateEditor } from './template-editor.tsx';
import { TemplatePreview } from './template-preview.tsx';
import { TemplateVersions } from './template-versions.tsx';
import { TestDialog } from './test-dialog.tsx';
import {
  partsFor,
  type Sample,
  type TemplateDraft,
  usePreview,
  useTemplateDraft,
} from './use-template-draft.ts';

const NARROW = '(max-width: 74.9em)';

export function TemplatePage() {
  const { id = '' } = useParams();
  const query = useQuery({
    queryKey: ['/templates', Number(id)],
    queryFn: ({ signal }) => api.get<TemplateObject>(`/templates/${id}`, {}, signal),
    refetchOnWindowFocus: false,
  });
  return (
    <QueryView query={query}>{(template) => <Editing key={template.id} template={template} />}</QueryView>
  );
}

function useSave(template: TemplateObject) {
  const { t } = useTranslation('templates');
  const client = useQueryClient();
  return useMutation({
    mutationFn: (draft: TemplateDraft) =>
      api.patch<TemplateObject>(`/templates/${template.id}`, {
        name: draft.name,
        ...partsFor(template.channel, draft),
      }),
    onSuccess: async (saved) => {
      tellDone(saved.version === template.version ? t('same') : t('saved', { version: saved.version }));
      client.setQueryData(['/templates', template.id], saved);
      await client.invalidateQueries({ queryKey: ['/templates'] });
    },
  });
}

function Editing({ template }: { readonly template: TemplateObject }) {
  const { t } = useTranslation('templates');
  const mayEdit = useMay('editor');
  const isNarrow = useMediaQuery(NARROW, false, { getInitialValueInEffect: false });
  const { draft, isDirty, change, replace } = useTemplateDraft(template);
  const [sample, setSample] = useState<Sample>({ who: '', lead: { _fname: 'Ada' }, content: {} });
  const { database } = useCurrentDatabase();
  const databaseId = template.database_id ?? database?.id;
  const preview = usePreview(template, draft, sample, databaseId);
  const save = useSave(template);
  useHotkeys(mayEdit ? [['mod+S', () => save.mutate(draft)]] : [], []);
  const errors = preview.data?.preview.errors ?? [];
  const editor = (
    <TemplateEditor
      template={template}
      draft={draft}
      onChange={change}
      errors={errors}
      databaseId={databaseId}
      isReadOnly={!mayEdit}
    />
  );
  const shown = (
    <TemplatePreview channel={template.channel} preview={preview} sample={sample} onSample={setSample} />
  );
  return (
    <Stack>
      <LeaveGuard isDirty={isDirty && mayEdit} />
      <PageHeader
        title={draft.name}
        above={[{ to: '/templates', title: t('title') }]}
        badge={isDirty ? <StateBadge mood="warning">{t('unsaved')}</StateBadge> : undefined}
        actions={
          mayEdit ? (
            <Actions
              template={template}
              isDirty={isDirty}
              isSaving={save.isPending}
              onSave={() => save.mutate(draft)}
              onRestore={replace}
            />
          ) : undefined
        }
      />
      {save.error === null ? null : <ProblemAlert problem={save.error} />}
      {isNarrow ? (
        <Tabs defaultValue="editor" keepMounted={false}>
          <Tabs.List mb="md">
            <Tabs.Tab value="editor">{t('editor')}</Tabs.Tab>
            <Tabs.Tab value="preview">{t('preview')}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="editor">{editor}</Tabs.Panel>
          <Tabs.Panel value="preview">{shown}</Tabs.Panel>
        </Tabs>
      ) : (
        <SimpleGrid cols={2} spacing="lg">
          {editor}
          {shown}
        </SimpleGrid>
      )}
    </Stack>
  );
}

interface ActionsProps {
  readonly template: TemplateObject;
  readonly isDirty: boolean;
  readonly isSaving: boolean;
  readonly onSave: () => void;
  readonly onRestore: (draft: TemplateDraft) => void;
}

function Actions({ template, isDirty, isSaving, onSave, onRestore }: ActionsProps) {
  const { t } = useTranslation('templates');
  const { t: common } = useTranslation('parts');
  const confirm = useConfirm();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [open, setOpen] = useState<'test' | 'versions' | null>(null);
  const { id, name } = template;
  const remove = useMutation({
    mutationFn: () => api.delete<undefined>(`/templates/${id}`),
    onSuccess: async () => {
      tellDone(t('deleted'));
      await navigate('/templates');
      await client.invalidateQueries({ queryKey: ['/templates'] });
    },
    onError: tellProblem,
  });
  return (
    <>
      <Button variant="default" onClick={() => setOpen('test')}>
        {t('test')}
      </Button>
      <Button disabled={!isDirty} loading={isSaving} onClick={onSave}>
        {t('save')}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" px="xs" aria-label={common('actions')}>
            <IconDots size={18} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setOpen('versions')}>{t('versions')}</Menu.Item>
          <Menu.Divider />
          <Menu.Item
            color="red"
            onClick={() =>
              confirm({
                title: t('deleteTitle', { name }),
                text: t('deleteText'),
                action: t('delete'),
                isDangerous: true,
                onConfirm: () => remove.mutate(),
              })
            }
          >
            {t('delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {open === 'test' ? <TestDialog template={template} onClose={() => setOpen(null)} /> : null}
      {open === 'versions' ? (
        <TemplateVersions template={template} onClose={() => setOpen(null)} onRestore={onRestore} />
      ) : null}
    </>
  );
}
