import { Anchor, Button, Card, Code, Stack, Text, Timeline, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import type { RunObject } from '../../../../src/http/admin/run-contract.ts';
import { api } from '../../api/client.ts';
import { useWorkflows } from '../../api/lists.ts';
import { useMay } from '../../api/session.ts';
import { useConfirm } from '../../parts/confirm.tsx';
import { Facts } from '../../parts/facts.tsx';
import { useFormat } from '../../parts/format.ts';
import { Moment } from '../../parts/moment.tsx';
import { tellDone, tellProblem } from '../../parts/notify.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { useNodeWords } from '../workflow-editor/node-words.ts';
import { RunState } from './run-state.tsx';

const REFRESH_MS = 3_000;

function useWaitWords(): (run: RunObject) => string | undefined {
  const { t } = useTranslation('workflows');
  const { moment } = useFormat();
  return ({ waits_for: wait }) => {
    if (wait === null) return undefined;
    switch (wait.kind) {
      case 'time':
        return t('waitKinds.time', { time: moment(wait.until) });
      case 'api_call':
      case 'message':
        return t(`waitKinds.${wait.kind}`, { id: wait.id, status: wait.status });
      case 'event':
        return t('waitKinds.event', { event: wait.event, time: moment(wait.until) });
      default:
        return t(`waitKinds.${wait.kind}`);
    }
  };
}

function RunFacts({ run }: { readonly run: RunObject }) {
  const { t } = useTranslation('workflows');
  const { data: workflows } = useWorkflows();
  const waits = useWaitWords();
  return (
    <Card withBorder>
      <Facts
        entries={[
          [
            t('workflow'),
            <Anchor key="workflow" component={Link} to={`/workflows/${run.workflow_id}`}>
              {workflows?.find(({ id }) => id === run.workflow_id)?.name ?? run.workflow_id} ({t('version')}{' '}
              {run.version})
            </Anchor>,
          ],
          [
            t('profile'),
            <Anchor
              key="profile"
              component={Link}
              to={`/profiles/${run.profile_id}?database=${run.database_id}`}
            >
              {run.profile_id}
            </Anchor>,
          ],
          [
            t('task'),
            run.task_id === null ? undefined : (
              <Anchor key="task" component={Link} to={`/tasks/${run.task_id}`}>
                {run.task_id.slice(0, 8)}
              </Anchor>
            ),
          ],
          [t('standsAt'), run.node],
          [t('waitsFor'), waits(run)],
          [t('reason'), run.reason ?? undefined],
          [t('startedAt'), <Moment key="started" time={run.started_at} />],
          [t('endedAt'), run.ended_at === null ? undefined : <Moment key="ended" time={run.ended_at} />],
        ]}
      />
    </Card>
  );
}

export function RunPage() {
  const { t } = useTranslation('workflows');
  const { id = '' } = useParams();
  const client = useQueryClient();
  const confirm = useConfirm();
  const mayCancel = useMay('editor');
  const query = useQuery({
    queryKey: ['/runs', id],
    queryFn: ({ signal }) => api.get<RunObject>(`/runs/${id}`, {}, signal),
    refetchInterval: ({ state }) => (state.data?.ended_at === null ? REFRESH_MS : false),
  });
  const cancel = useMutation({
    mutationFn: () => api.post<RunObject>(`/runs/${id}/cancel`),
    onSuccess: async () => {
      tellDone(t('cancelledRun'));
      await client.invalidateQueries({ queryKey: ['/runs'] });
    },
    onError: tellProblem,
  });
  const run = query.data;
  return (
    <>
      <PageHeader
        title={`${t('runTitle')} ${id}`}
        above={[
          { to: '/workflows', title: t('title') },
          ...(run === undefined
            ? []
            : [{ to: `/workflows/${run.workflow_id}?tab=runs`, title: t('tabs.runs') }]),
        ]}
        badge={run === undefined ? undefined : <RunState status={run.status} />}
        actions={
          run !== undefined && run.ended_at === null && mayCancel ? (
            <Button
              variant="light"
              color="red"
              loading={cancel.isPending}
              onClick={() =>
                confirm({
                  title: t('cancelRunTitle'),
                  text: t('cancelRunText'),
                  action: t('cancelRun'),
                  isDangerous: true,
                  onConfirm: () => cancel.mutate(),
                })
              }
            >
              {t('cancelRun')}
            </Button>
          ) : undefined
        }
      />
      <QueryView query={query}>
        {(known) => (
          <Stack>
            <RunFacts run={known} />
            <Trail run={known} />
            <Data title={t('content')} value={known.content} />
            <Data title={t('customData')} value={known.custom_data} />
          </Stack>
        )}
      </QueryView>
    </>
  );
}

function Trail({ run }: { readonly run: RunObject }) {
  const { t } = useTranslation('workflows');
  const { outcomeName } = useNodeWords();
  const steps = run.trail.map(([node, outcome, time, detail], at) => ({ node, outcome, time, detail, at }));
  return (
    <Card withBorder component="section" aria-label={t('trail')}>
      <Title order={2} size="h3" mb="md">
        {t('trail')}
      </Title>
      <Timeline bulletSize={14} active={steps.length}>
        {steps.map(({ node, outcome, time, detail, at }) => (
          <Timeline.Item
            key={at}
            title={`${node} → ${outcomeName(outcome)}`}
            {...(outcome === 'failed' || outcome === 'error' ? { color: 'red' } : {})}
          >
            <Text size="sm" c="dimmed" className="breakable">
              <Moment time={time} />
              {detail === undefined ? '' : ` · ${detail}`}
            </Text>
          </Timeline.Item>
        ))}
      </Timeline>
    </Card>
  );
}

function Data({ title, value }: { readonly title: string; readonly value: object | null }) {
  if (value === null || Object.keys(value).length === 0) return null;
  return (
    <Card withBorder component="section" aria-label={title}>
      <Title order={2} size="h3" mb="xs">
        {title}
      </Title>
      <Code block>{JSON.stringify(value, null, 2)}</Code>
    </Card>
  );
}
