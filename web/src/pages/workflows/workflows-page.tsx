import { Anchor, Button, FileButton, Group } from '@mantine/core';
import { IconAffiliate, IconPlus, IconUpload } from '@tabler/icons-react';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useSearchParams } from 'react-router';
import type { WorkflowObject } from '../../../../src/http/admin/contract.ts';
import type { RunSumsObject } from '../../../../src/http/admin/workflow-contract.ts';
import { api } from '../../api/client.ts';
import { useDatabases } from '../../api/lists.ts';
import { ApiProblem } from '../../api/problem.ts';
import { useMay } from '../../api/session.ts';
import type { Column } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { useFormat } from '../../parts/format.ts';
import { parseRecord } from '../../parts/json-record.ts';
import { useKeyset } from '../../parts/keyset.ts';
import { ListView } from '../../parts/list-view.tsx';
import { Moment } from '../../parts/moment.tsx';
import { tellProblem } from '../../parts/notify.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { DatabasePick } from '../../parts/picks.tsx';
import { NewWorkflow } from './new-workflow.tsx';
import { WorkflowState } from './workflow-state.tsx';

const REFRESH_MS = 5_000;
const sumColumns = ['active', 'waiting', 'failed'] as const;

/** How many runs are inside of the listed workflows, looked at again while the page is seen. */
function useSums(workflows: readonly WorkflowObject[] | undefined): RunSumsObject['data'] | undefined {
  const ids = (workflows ?? []).map(({ id }) => id).join(',');
  const { data } = useQuery({
    queryKey: ['/workflows', 'sums', ids],
    queryFn: ({ signal }) => api.get<RunSumsObject>('/workflows/counts', { ids }, signal),
    enabled: ids !== '',
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
  return data?.data;
}

interface RunSumProps {
  readonly workflowId: number;
  readonly status: (typeof sumColumns)[number];
  /** undefined = it is being counted. */
  readonly count: number | undefined;
}

function RunSum({ workflowId, status, count }: RunSumProps) {
  const { t } = useTranslation('workflows');
  const format = useFormat();
  if (count === undefined) return '…';
  if (count === 0) return '0';
  return (
    <Anchor
      component={Link}
      to={`/workflows/${workflowId}?tab=runs&status=${status}`}
      inherit
      aria-label={`${t(`sums.${status}`)}: ${format.number(count)}`}
      {...(status === 'failed' ? { c: 'var(--mantine-color-error)' } : {})}
    >
      {format.number(count)}
    </Anchor>
  );
}

function useColumns(sums: RunSumsObject['data'] | undefined): Column<WorkflowObject>[] {
  const { t } = useTranslation('workflows');
  const { data: databases } = useDatabases();
  return [
    { key: 'name', header: t('name'), render: ({ name }) => name },
    { key: 'state', header: t('state'), render: (workflow) => <WorkflowState workflow={workflow} /> },
    {
      key: 'version',
      header: t('version'),
      render: ({ published_version: version }) => version ?? t('notPublished'),
    },
    {
      key: 'database',
      header: t('database'),
      render: (workflow) => databases?.find(({ id }) => id === workflow.database_id)?.name ?? '',
    },
    ...sumColumns.map(
      (key): Column<WorkflowObject> => ({
        key,
        header: t(`sums.${key}`),
        align: 'right',
        render: ({ id }) => (
          <RunSum workflowId={id} status={key} count={sums?.find((one) => one.workflow_id === id)?.[key]} />
        ),
      }),
    ),
    { key: 'changed', header: t('changed'), render: (workflow) => <Moment time={workflow.updated_at} /> },
  ];
}

/** A workflow from a file that the page of another has made, into the first database. */
function useFileImport() {
  const { t } = useTranslation('workflows');
  const { data: databases } = useDatabases();
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async (file: File) => {
      const parsed = parseRecord(await file.text());
      if (!('value' in parsed))
        throw new ApiProblem(400, t('importFault', { fault: parsed.fault ?? file.name }));
      const { name = file.name, reentry, definition } = parsed.value;
      const [first] = databases ?? [];
      return api.post<WorkflowObject>('/workflows', { name, database_id: first?.id, reentry, definition });
    },
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ['/workflows'] });
      await navigate(`/workflows/${id}/edit`);
    },
    onError: tellProblem,
  });
}

export function WorkflowsPage() {
  const { t } = useTranslation('workflows');
  const { t: common } = useTranslation('parts');
  const mayMake = useMay('editor');
  const [search, setSearch] = useSearchParams();
  const [isMaking, setMaking] = useState(false);
  const databaseId = search.has('database_id') ? Number(search.get('database_id')) : undefined;
  const list = useKeyset<WorkflowObject>('/workflows', { database_id: databaseId });
  const columns = useColumns(useSums(list.page?.data));
  const fileImport = useFileImport();
  const makeButton = mayMake ? (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setMaking(true)}>
      {t('make')}
    </Button>
  ) : null;
  return (
    <>
      <PageHeader
        title={t('title')}
        about={t('about')}
        actions={
          <>
            {mayMake ? (
              <FileButton accept="application/json" onChange={(file) => file && fileImport.mutate(file)}>
                {(props) => (
                  <Button
                    {...props}
                    variant="default"
                    leftSection={<IconUpload size={16} aria-hidden />}
                    loading={fileImport.isPending}
                  >
                    {t('import')}
                  </Button>
                )}
              </FileButton>
            ) : null}
            {makeButton}
          </>
        }
      />
      <Group mb="md">
        <DatabasePick
          placeholder={common('everyDatabase')}
          clearable
          value={databaseId}
          onChange={(id) => setSearch(id === null ? {} : { database_id: String(id) })}
        />
      </Group>
      <ListView
        list={list}
        label={t('title')}
        columns={columns}
        rowKey={({ id }) => id}
        linkOf={({ id }) => `/workflows/${id}`}
        empty={
          <EmptyState icon={IconAffiliate} title={t('empty')} text={t('emptyText')} action={makeButton} />
        }
      />
      {isMaking ? <NewWorkflow onClose={() => setMaking(false)} /> : null}
    </>
  );
}
