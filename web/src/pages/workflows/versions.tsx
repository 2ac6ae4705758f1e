import { Badge, Button, Card, Group, List, Select, Stack, Text } from '@mantine/core';
import { IconVersions } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WorkflowObject } from '../../../../src/http/admin/contract.ts';
import type { WorkflowVersionObject } from '../../../../src/http/admin/workflow-contract.ts';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { useConfirm } from '../../parts/confirm.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { LineDifference } from '../../parts/line-difference.tsx';
import { Moment } from '../../parts/moment.tsx';
import { tellDone, tellProblem } from '../../parts/notify.ts';
import { QueryView } from '../../parts/query-view.tsx';
import { compareDrafts } from '../workflow-editor/compare-drafts.ts';
import { readDraft } from '../workflow-editor/draft.ts';

const DRAFT = 'draft';

/** The text that is compared: nodes alone, since where they stand changes nothing. */
function printNodes(definition: unknown): string {
  return `${JSON.stringify(readDraft(definition).nodes, null, 2)}\n`;
}

function Difference({ before, after }: { readonly before: unknown; readonly after: unknown }) {
  const { t } = useTranslation('workflows');
  const changes = compareDrafts(readDraft(before), readDraft(after));
  if (changes.length === 0) return <Text size="sm">{t('noDifference')}</Text>;
  return (
    <Stack gap="xs">
      <List size="sm">
        {changes.map(({ id, kind }) => (
          <List.Item key={id}>
            {id}: {t(`summary.${kind}`)}
          </List.Item>
        ))}
      </List>
      <LineDifference before={printNodes(before)} after={printNodes(after)} />
    </Stack>
  );
}

/** The published versions, each beside another or the draft. */
export function Versions({ workflow }: { readonly workflow: WorkflowObject }) {
  const { t } = useTranslation('workflows');
  const versions = useQuery({
    queryKey: ['/workflows', workflow.id, 'versions'],
    queryFn: async ({ signal }) =>
      (await api.get<{ data: WorkflowVersionObject[] }>(`/workflows/${workflow.id}/versions`, {}, signal))
        .data,
  });
  return (
    <QueryView query={versions}>
      {(data) =>
        data.length === 0 ? (
          <EmptyState icon={IconVersions} title={t('noVersions')} text={t('noVersionsText')} />
        ) : (
          <Stack>
            {data.map((version) => (
              <Version key={version.version} workflow={workflow} version={version} all={data} />
            ))}
          </Stack>
        )
      }
    </QueryView>
  );
}

interface VersionProps {
  readonly workflow: WorkflowObject;
  readonly version: WorkflowVersionObject;
  readonly all: readonly WorkflowVersionObject[];
}

function Version({
  workflow,
  version: { version, published_at, published_by, definition },
  all,
}: VersionProps) {
  const { t } = useTranslation('workflows');
  const confirm = useConfirm();
  const client = useQueryClient();
  const mayRestore = useMay('editor');
  const [other, setOther] = useState<string | null>(null);
  const restore = useMutation({
    mutationFn: () => api.patch(`/workflows/${workflow.id}`, { definition }),
    onSuccess: async () => {
      tellDone(t('restored', { version }));
      await client.invalidateQueries({ queryKey: ['/workflows'] });
    },
    onError: tellProblem,
  });
  const compared =
    other === DRAFT ? workflow.definition : all.find((one) => String(one.version) === other)?.definition;
  const isNewer = other === DRAFT || Number(other) > version;
  return (
    <Card withBorder component="section" aria-label={`${t('version')} ${version}`}>
      <Group justify="space-between" mb={other === null ? 0 : 'sm'}>
        <Group gap="sm">
          <Text fw={600}>
            {t('version')} {version}
          </Text>
          {version === workflow.published_version ? (
            <Badge variant="light" tt="none" className="state-badge" color="teal">
              {t('current')}
            </Badge>
          ) : null}
          <Text size="sm" c="dimmed">
            {published_by === null ? t('published') : t('publishedBy', { name: published_by })}{' '}
            <Moment time={published_at} />
          </Text>
        </Group>
        <Group gap="xs">
          <Select
            size="xs"
            aria-label={`${t('compareWith')}: ${version}`}
            placeholder={t('compareWith')}
            clearable
            data={[
              { value: DRAFT, label: t('draft') },
              ...all
                .filter((one) => one.version !== version)
                .map((one) => ({
                  value: String(one.version),
                  label: t('versionNumber', { version: one.version }),
                })),
            ]}
            value={other}
            onChange={setOther}
          />
          {mayRestore ? (
            <Button
              size="xs"
              variant="default"
              onClick={() =>
                confirm({
                  title: t('restoreTitle', { version }),
                  text: t('restoreText'),
                  action: t('restore'),
                  onConfirm: () => restore.mutate(),
                })
              }
            >
              {t('restore')}
            </Button>
          ) : null}
        </Group>
      </Group>
      {other === null ? null : (
        <Difference before={isNewer ? definition : compared} after={isNewer ? compared : definition} />
      )}
    </Card>
  );
}
