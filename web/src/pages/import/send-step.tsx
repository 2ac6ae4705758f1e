import { Alert, Button, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useTaskStream } from '../../api/task-stream.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { failedOf, isUnfinished } from '../tasks/task-figures.ts';
import { TaskProgress } from '../tasks/task-progress.tsx';
import type { ColumnMapping, FieldType } from './mapping.ts';
import { newRequestId, sendRows } from './send-rows.ts';
import { documentsOf, type ImportSettings, keysOf } from './settings.ts';
import { StepButtons } from './step-buttons.tsx';
import type { OpenedTable } from './table.ts';
import type { useFile } from './use-file.ts';

interface SendStepProps {
  readonly table: OpenedTable;
  readonly settings: ImportSettings;
  readonly mappings: readonly ColumnMapping[];
  readonly types: Readonly<Record<string, FieldType>>;
  readonly build: ReturnType<typeof useFile>['build'];
  readonly onSent: () => void;
  readonly onBack: () => void;
  readonly onAgain: () => void;
}

type Phase = { readonly name: 'building' | 'sending' | 'waiting'; readonly share: number };

/** The rows are prepared and sent, and the task is followed to its end. */
export function SendStep({
  table,
  settings,
  mappings,
  types,
  build,
  onSent,
  onBack,
  onAgain,
}: SendStepProps) {
  const { t } = useTranslation('newImport');
  const [phase, setPhase] = useState<Phase>({ name: 'building', share: 0 });
  const stopping = useRef(new AbortController());
  // Kept for another try after a connection that broke off: what was taken is not taken twice.
  const [requestId] = useState(newRequestId);
  const send = useMutation({
    mutationFn: async () => {
      stopping.current = new AbortController();
      const rows = await build(mappings, types, (share) => setPhase({ name: 'building', share }));
      return sendRows({
        ...{ keys: keysOf(settings), documents: documentsOf(settings), rows, requestId },
        onProgress: (share) => setPhase({ name: share < 1 ? 'sending' : 'waiting', share }),
        signal: stopping.current.signal,
      });
    },
    onSuccess: onSent,
  });
  if (send.data !== undefined) return <Followed taskId={send.data} onAgain={onAgain} />;
  return (
    <Stack>
      <Title order={2}>{t('send.ready', { count: table.rowCount })}</Title>
      <Text>{t('send.readyText')}</Text>
      {send.error === null ? null : <ProblemAlert problem={send.error} />}
      {send.isPending ? (
        <Stack gap="xs" role="status">
          <Text size="sm">{t(`send.${phase.name}`)}</Text>
          <Progress
            value={phase.share * 100}
            animated={phase.name === 'waiting'}
            size="lg"
            aria-label={t(`send.${phase.name}`)}
          />
          <Button
            variant="default"
            style={{ alignSelf: 'flex-start' }}
            onClick={() => stopping.current.abort()}
            disabled={phase.name === 'building'}
          >
            {t('send.cancel')}
          </Button>
        </Stack>
      ) : (
        <Button size="md" style={{ alignSelf: 'flex-start' }} onClick={() => send.mutate()}>
          {send.error === null ? t('send.start') : t('send.retry')}
        </Button>
      )}
      {send.isPending ? null : <StepButtons onBack={onBack} />}
    </Stack>
  );
}

function Followed({ taskId, onAgain }: { readonly taskId: string; readonly onAgain: () => void }) {
  const { t } = useTranslation('newImport');
  const task = useTaskStream({ ids: taskId }).tasks.get(taskId);
  const isOver = task !== undefined && !isUnfinished(task);
  const failed = task === undefined ? 0 : failedOf(task);
  return (
    <Stack>
      {isOver ? (
        <Alert
          color={failed === 0 ? 'teal' : 'orange'}
          icon={<IconCircleCheck aria-hidden />}
          title={task.status === 'cancelled' ? t('send.cancelled') : t('send.done')}
          role="status"
        >
          {failed === 0 ? null : t('send.failed', { count: failed })}
        </Alert>
      ) : (
        <Text role="status">{t('send.working')}</Text>
      )}
      {task === undefined ? (
        <Progress value={0} aria-label={t('steps.send')} />
      ) : (
        <TaskProgress task={task} size="xl" />
      )}
      <Group>
        <Button component={Link} to={`/tasks/${taskId}`}>
          {t('send.toTask')}
        </Button>
        {isOver ? (
          <Button variant="default" onClick={onAgain}>
            {t('send.another')}
          </Button>
        ) : null}
      </Group>
    </Stack>
  );
}
