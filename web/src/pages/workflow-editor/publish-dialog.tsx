import { Button, Checkbox, Group, List, Modal, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WorkflowObject } from '../../../../src/http/admin/contract.ts';
import type { WorkflowVersionObject } from '../../../../src/http/admin/workflow-contract.ts';
import { api } from '../../api/client.ts';
import { tellDone } from '../../parts/notify.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { compareDrafts } from './compare-drafts.ts';
import { type Draft, printDraft, readDraft } from './draft.ts';

interface PublishDialogProps {
  readonly workflow: WorkflowObject;
  readonly draft: Draft;
  readonly onClose: () => void;
  readonly onPublished: () => void;
}

/** What the draft changes, before it is frozen. */
export function PublishDialog({ workflow, draft, onClose, onPublished }: PublishDialogProps) {
  const { t } = useTranslation('workflowEditor');
  const { t: common } = useTranslation('parts');
  const client = useQueryClient();
  const [activates, setActivates] = useState(!workflow.active);
  const publish = useMutation({
    mutationFn: async () => {
      await api.patch(`/workflows/${workflow.id}`, { definition: printDraft(draft) });
      const published = await api.post<WorkflowObject>(`/workflows/${workflow.id}/publish`);
      if (activates && !workflow.active) await api.post(`/workflows/${workflow.id}/activate`);
      return published;
    },
    onSuccess: async ({ published_version: version }) => {
      await client.invalidateQueries({ queryKey: ['/workflows'] });
      tellDone(t('published', { version: version ?? 1 }));
      onPublished();
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('publishTitle')}
      closeButtonProps={{ 'aria-label': common('close') }}
    >
      <Stack>
        {publish.error === null ? null : <ProblemAlert problem={publish.error} />}
        <Text size="sm">{t('publishText')}</Text>
        <Changes workflow={workflow} draft={draft} />
        {workflow.active ? null : (
          <Checkbox
            label={t('alsoActivate')}
            checked={activates}
            onChange={(event) => setActivates(event.currentTarget.checked)}
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {common('cancel')}
          </Button>
          <Button loading={publish.isPending} onClick={() => publish.mutate()}>
            {t('publish')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Changes({ workflow, draft }: Pick<PublishDialogProps, 'workflow' | 'draft'>) {
  const { t } = useTranslation('workflowEditor');
  const { published_version: version } = workflow;
  const versions = useQuery({
    queryKey: ['/workflows', workflow.id, 'versions', 'latest', version],
    queryFn: ({ signal }) =>
      api.get<{ data: WorkflowVersionObject[] }>(`/workflows/${workflow.id}/versions`, { limit: 1 }, signal),
    enabled: version !== null,
  });
  if (version === null) return <Text size="sm">{t('publishFirst')}</Text>;
  const [latest] = versions.data?.data ?? [];
  if (latest === undefined) return null;
  const changes = compareDrafts(readDraft(latest.definition), draft);
  if (changes.length === 0) return <Text size="sm">{t('publishNothing', { version })}</Text>;
  return (
    <div>
      <Text size="sm" mb="xs">
        {t('publishChanges', { version })}
      </Text>
      <List size="sm">
        {changes.map(({ id, kind }) => (
          <List.Item key={id}>
            {id}: {t(kind)}
          </List.Item>
        ))}
      </List>
    </div>
  );
}
