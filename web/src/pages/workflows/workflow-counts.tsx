import { Anchor, Card, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconRoute } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { NodeCountsObject, WorkflowObject } from '../../../../src/http/admin/contract.ts';
import { api } from '../../api/client.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { useFormat } from '../../parts/format.ts';
import { QueryView } from '../../parts/query-view.tsx';
import { useNodeWords } from '../workflow-editor/node-words.ts';

const REFRESH_MS = 3_000;

function useColumns(workflowId: number): Column<NodeCountsObject>[] {
  const { t } = useTranslation('workflows');
  const { outcomeName } = useNodeWords();
  const format = useFormat();
  /** A count as a way to the runs that it counts. */
  const runsAt = (node: string, status: string, count: number, name: string) =>
    count === 0 ? (
      '0'
    ) : (
      <Anchor
        component={Link}
        to={`/workflows/${workflowId}?tab=runs&status=${status}&node=${encodeURIComponent(node)}`}
        inherit
        aria-label={`${node}, ${name}: ${format.number(count)}`}
        {...(status === 'failed' ? { c: 'var(--mantine-color-error)' } : {})}
      >
        {format.number(count)}
      </Anchor>
    );
  return [
    { key: 'node', header: t('node'), render: ({ node }) => node },
    { key: 'version', header: t('version'), align: 'right', render: ({ version }) => version },
    { key: 'walking', header: t('walking'), align: 'right', render: ({ active }) => format.number(active) },
    {
      key: 'waiting',
      header: t('waiting'),
      align: 'right',
      render: ({ node, waiting }) => runsAt(node, 'waiting', waiting, t('waiting')),
    },
    {
      key: 'failed',
      header: t('runStates.failed'),
      align: 'right',
      render: ({ node, passed }) => runsAt(node, 'failed', passed['failed'] ?? 0, t('runStates.failed')),
    },
    {
      key: 'passed',
      header: t('passedBy'),
      render: ({ passed }) =>
        Object.entries(passed)
          .filter(([outcome]) => outcome !== 'failed')
          .map(([outcome, count]) => `${outcomeName(outcome)}: ${format.number(count)}`)
          .join(' · '),
    },
  ];
}

/** How many runs are where, and by which ways they have gone on; looked at again and again. */
export function WorkflowCounts({ workflow }: { readonly workflow: WorkflowObject }) {
  const { t } = useTranslation('workflows');
  const columns = useColumns(workflow.id);
  const format = useFormat();
  const counts = useQuery({
    queryKey: ['/workflows', workflow.id, 'counts'],
    queryFn: async ({ signal }) =>
      (await api.get<{ data: NodeCountsObject[] }>(`/workflows/${workflow.id}/counts`, {}, signal)).data,
    refetchInterval: REFRESH_MS,
  });
  return (
    <QueryView query={counts}>
      {(rows) => {
        const sums = [
          [t('walking'), rows.reduce((sum, { active }) => sum + active, 0)],
          [t('waiting'), rows.reduce((sum, { waiting }) => sum + waiting, 0)],
          [t('runStates.failed'), rows.reduce((sum, { passed }) => sum + (passed['failed'] ?? 0), 0)],
        ] as const;
        return (
          <Stack>
            <SimpleGrid cols={3} maw={640}>
              {sums.map(([name, count]) => (
                <Card key={name} withBorder p="sm">
                  <Text size="sm" c="dimmed">
                    {name}
                  </Text>
                  <Text size="xl" fw={700} className="figures">
                    {format.number(count)}
                  </Text>
                </Card>
              ))}
            </SimpleGrid>
            <DataTable
              label={t('counts')}
              columns={columns}
              rows={rows}
              rowKey={({ version, node }) => `${version} ${node}`}
              empty={<EmptyState icon={IconRoute} title={t('noCounts')} text={t('noCountsText')} />}
            />
          </Stack>
        );
      }}
    </QueryView>
  );
}
