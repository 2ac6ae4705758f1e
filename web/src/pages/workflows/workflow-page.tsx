import { Button, Menu, Stack, Tabs } from '@mantine/core';
import { IconDots, IconPencil } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams, useSearchParams } from 'react-router';
import type { WorkflowObject } from '../../../../src/http/admin/contract.ts';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { RunList } from './run-list.tsx';
import { TestRun } from './test-run.tsx';
import { useWorkflowActions } from './use-workflow-actions.ts';
import { Versions } from './versions.tsx';
import { WorkflowCounts } from './workflow-counts.tsx';
import { WorkflowForm } from './workflow-form.tsx';
import { WorkflowState } from './workflow-state.tsx';

const tabs = ['overview', 'runs', 'versions', 'test'] as const;

/** The workflow as a file that can be imported again. */
function download({ name, reentry, definition }: WorkflowObject): void {
  const blob = new Blob([JSON.stringify({ name, reentry, definition }, null, 2)], {
    type: 'application/json',
  });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = `${name}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}

function Actions({ workflow }: { readonly workflow: WorkflowObject }) {
  const { t } = useTranslation('workflows');
  const mayAct = useMay('editor');
  const actions = useWorkflowActions(workflow);
  const [isEditing, setEditing] = useState(false);
  return (
    <>
      <Button
        component={Link}
        to={`/workflows/${workflow.id}/edit`}
        leftSection={<IconPencil size={16} aria-hidden />}
      >
        {t('edit')}
      </Button>
      {mayAct && !workflow.active ? (
        <Button
          variant="default"
          disabled={workflow.published_version === null}
          loading={actions.isPending}
          onClick={() => actions.act('activate')}
        >
          {t('activate')}
        </Button>
      ) : null}
      {mayAct && workflow.paused_at !== null ? (
        <Button variant="default" loading={actions.isPending} onClick={() => actions.act('resume')}>
          {t('resume')}
        </Button>
      ) : null}
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" px="xs" aria-label={t('more')}>
            <IconDots size={18} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {mayAct ? (
            <>
              <Menu.Item onClick={() => setEditing(true)}>{t('save')}</Menu.Item>
              {workflow.active ? (
                <Menu.Item onClick={() => actions.ask('deactivate')}>{t('deactivate')}</Menu.Item>
              ) : null}
              {workflow.paused_at === null ? (
                <Menu.Item onClick={() => actions.ask('pause')}>{t('pause')}</Menu.Item>
              ) : null}
              <Menu.Item onClick={actions.duplicate}>{t('duplicate')}</Menu.Item>
            </>
          ) : null}
          <Menu.Item onClick={() => download(workflow)}>{t('export')}</Menu.Item>
          {mayAct ? (
            <>
              <Menu.Divider />
              <Menu.Item color="red" onClick={() => actions.ask('stop')}>
                {t('stop')}
              </Menu.Item>
            </>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      {isEditing ? <WorkflowForm workflow={workflow} onClose={() => setEditing(false)} /> : null}
    </>
  );
}

export function WorkflowPage() {
  const { t } = useTranslation('workflows');
  const { id = '' } = useParams();
  const [search, setSearch] = useSearchParams();
  const mayTest = useMay('editor');
  const tab = tabs.find((one) => one === search.get('tab')) ?? 'overview';
  const workflow = useQuery({
    queryKey: ['/workflows', Number(id)],
    queryFn: ({ signal }) => api.get<WorkflowObject>(`/workflows/${id}`, {}, signal),
  });
  return (
    <>
      <PageHeader
        title={workflow.data?.name ?? t('workflow')}
        above={[{ to: '/workflows', title: t('title') }]}
        badge={workflow.data === undefined ? undefined : <WorkflowState workflow={workflow.data} />}
        actions={workflow.data === undefined ? undefined : <Actions workflow={workflow.data} />}
      />
      <QueryView query={workflow}>
        {(known) => (
          <Stack>
            <Tabs
              value={tab}
              keepMounted={false}
              onChange={(next) => setSearch(next === null ? {} : { tab: next }, { replace: true })}
            >
              <Tabs.List mb="md">
                {tabs.map((one) =>
                  one === 'test' && !mayTest ? null : (
                    <Tabs.Tab key={one} value={one}>
                      {t(`tabs.${one}`)}
                    </Tabs.Tab>
                  ),
                )}
              </Tabs.List>
              <Tabs.Panel value="overview">
                <WorkflowCounts workflow={known} />
              </Tabs.Panel>
              <Tabs.Panel value="runs">
                <RunList workflowId={known.id} />
              </Tabs.Panel>
              <Tabs.Panel value="versions">
                <Versions workflow={known} />
              </Tabs.Panel>
              <Tabs.Panel value="test">
                <TestRun workflow={known} />
              </Tabs.Panel>
            </Tabs>
          </Stack>
        )}
      </QueryView>
    </>
  );
}
