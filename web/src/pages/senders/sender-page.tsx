import { Button, Card, Code, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { useConfirm } from '../../parts/confirm.tsx';
import { Copy } from '../../parts/copy.tsx';
import { tellDone, tellProblem } from '../../parts/notify.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { SenderForm } from './sender-form.tsx';
import type { SenderRecord } from './sender-values.ts';
import { TestMessage } from './test-message.tsx';
import { useTry } from './use-try.ts';

export function SenderPage() {
  const { t } = useTranslation('senders');
  const { id = '' } = useParams();
  const isNew = id === 'new';
  const mayChange = useMay('editor');
  const query = useQuery({
    queryKey: ['/senders', id],
    queryFn: ({ signal }) => api.get<SenderRecord>(`/senders/${id}`, {}, signal),
    enabled: !isNew,
  });
  return (
    <>
      <PageHeader
        title={isNew ? t('make') : (query.data?.name ?? t('title'))}
        above={[{ to: '/senders', title: t('title') }]}
        actions={query.data !== undefined && mayChange ? <Actions sender={query.data} /> : undefined}
      />
      {isNew ? (
        <SenderForm sender={undefined} />
      ) : (
        <QueryView query={query}>
          {(sender) => (
            <Stack>
              <State sender={sender} />
              <SenderForm key={sender.id} sender={sender} />
            </Stack>
          )}
        </QueryView>
      )}
    </>
  );
}

function State({ sender }: { readonly sender: SenderRecord }) {
  const { t } = useTranslation('senders');
  const reportUrl = sender['report_url'];
  const bounce = sender['bounce'];
  if (typeof reportUrl !== 'string' && (bounce === undefined || bounce === null)) return null;
  return (
    <Card withBorder maw={900}>
      {typeof reportUrl === 'string' ? (
        <Group gap="xs" wrap="nowrap">
          <Text size="sm" className="breakable">
            {t('reportUrl')}: {reportUrl}
          </Text>
          <Copy text={reportUrl} />
        </Group>
      ) : null}
      {bounce === undefined || bounce === null ? null : (
        <>
          <Text size="sm">{t('bounce')}</Text>
          <Code block>{JSON.stringify(bounce, null, 2)}</Code>
        </>
      )}
    </Card>
  );
}

function Actions({ sender }: { readonly sender: SenderRecord }) {
  const { t } = useTranslation('senders');
  const confirm = useConfirm();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [isTesting, setTesting] = useState(false);
  const tryIt = useTry();
  const { id, name } = sender;
  const remove = useMutation({
    mutationFn: () => api.delete<undefined>(`/senders/${id}`),
    onSuccess: async () => {
      tellDone(t('deleted'));
      await navigate('/senders');
      await client.invalidateQueries({ queryKey: ['/senders'] });
    },
    onError: tellProblem,
  });
  return (
    <>
      {sender.channel === 'email' ? (
        <Button variant="default" loading={tryIt.isPending} onClick={() => tryIt.mutate(id)}>
          {t('tryIt')}
        </Button>
      ) : null}
      <Button variant="default" onClick={() => setTesting(true)}>
        {t('test')}
      </Button>
      <Button
        variant="light"
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
      </Button>
      {isTesting ? <TestMessage sender={sender} onClose={() => setTesting(false)} /> : null}
    </>
  );
}
