import { Button, Card, Menu, Modal, Stack } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import type { Static } from 'typebox';
import type { HookObject, hookPing, hookWithLag } from '../../../../src/http/admin/hook-contract.ts';
import { api } from '../../api/client.ts';
import { ApiProblem } from '../../api/problem.ts';
import { useMay } from '../../api/session.ts';
import { useConfirm } from '../../parts/confirm.tsx';
import { SecretOnce } from '../../parts/copy.tsx';
import { Facts } from '../../parts/facts.tsx';
import { useFormat } from '../../parts/format.ts';
import { tellDone, tellProblem } from '../../parts/notify.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { Deliveries } from './deliveries.tsx';
import { HookForm } from './hook-form.tsx';
import { HookState } from './hook-state.tsx';

type HookWithLag = Static<typeof hookWithLag>;

const REFRESH_MS = 5_000;

export function HookPage() {
  const { t } = useTranslation('hooks');
  const { id = '' } = useParams();
  const mayChange = useMay('editor');
  const query = useQuery({
    queryKey: ['/hooks', Number(id)],
    queryFn: ({ signal }) => api.get<HookWithLag>(`/hooks/${id}`, {}, signal),
    refetchInterval: REFRESH_MS,
  });
  return (
    <>
      <PageHeader
        title={query.data?.name ?? t('title')}
        above={[{ to: '/hooks', title: t('title') }]}
        badge={query.data === undefined ? undefined : <HookState hook={query.data} />}
        actions={query.data !== undefined && mayChange ? <Actions hook={query.data} /> : undefined}
      />
      <QueryView query={query}>
        {(hook) => (
          <Stack>
            <HookFacts hook={hook} />
            <Deliveries hook={hook} />
          </Stack>
        )}
      </QueryView>
    </>
  );
}

function HookFacts({ hook }: { readonly hook: HookWithLag }) {
  const { t } = useTranslation('hooks');
  const format = useFormat();
  const { lag } = hook;
  const behind = t('behindEvents', { count: lag.events });
  return (
    <Card withBorder component="section" aria-label={t('settings')}>
      <Facts
        entries={[
          [t('url'), hook.url],
          [t('events'), hook.events?.join(', ') ?? t('all')],
          [t('behind'), lag.more ? `${t('more')} ${behind}` : behind],
          [t('oldest'), lag.oldest_seconds === null ? undefined : format.duration(lag.oldest_seconds)],
          [t('queued'), format.number(lag.queued_deliveries)],
          [t('parked'), format.number(lag.parked_deliveries)],
          [t('batchSize'), format.number(hook.batch_size)],
          [t('headerName'), hook.header?.name],
          [t('oauth'), hook.oauth2 === null ? undefined : hook.oauth2.token_url],
        ]}
      />
    </Card>
  );
}

function useHookActions(hook: HookObject, onSecret: (secret: string) => void) {
  const { t } = useTranslation('hooks');
  const { t: common } = useTranslation('parts');
  const client = useQueryClient();
  const navigate = useNavigate();
  const { id } = hook;
  const refresh = () => client.invalidateQueries({ queryKey: ['/hooks'] });
  const ping = useMutation({
    mutationFn: async () => {
      const answer = await api.post<Static<typeof hookPing>>(`/hooks/${id}/ping`);
      const { ok, fault, http_status: status } = answer;
      if (!ok)
        throw new ApiProblem(502, `${t('pingFailed')}: ${fault ?? `HTTP ${status}`} ${answer.answer ?? ''}`);
      return status ?? 200;
    },
    onSuccess: (status) => tellDone(t('pinged', { status })),
    onError: tellProblem,
  });
  const toggle = useMutation({
    mutationFn: () => api.patch<HookObject>(`/hooks/${id}`, { active: !hook.active }),
    onSuccess: async () => {
      tellDone(common('saved'));
      await refresh();
    },
    onError: tellProblem,
  });
  const rotate = useMutation({
    mutationFn: () => api.post<{ secret: string }>(`/hooks/${id}/rotate_secret`, {}),
    onSuccess: ({ secret }) => onSecret(secret),
    onError: tellProblem,
  });
  const remove = useMutation({
    mutationFn: () => api.delete<undefined>(`/hooks/${id}`),
    onSuccess: async () => {
      tellDone(t('deleted'));
      await navigate('/hooks');
      await refresh();
    },
    onError: tellProblem,
  });
  return { ping, toggle, rotate, remove, refresh };
}

function Actions({ hook }: { readonly hook: HookObject }) {
  const { t } = useTranslation('hooks');
  const { t: common } = useTranslation('parts');
  const confirm = useConfirm();
  const mayRotate = useMay('owner');
  const [isEditing, setEditing] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const { ping, toggle, rotate, remove, refresh } = useHookActions(hook, setSecret);
  const { name } = hook;
  return (
    <>
      <Button variant="default" loading={ping.isPending} onClick={() => ping.mutate()}>
        {t('ping')}
      </Button>
      <Button onClick={() => setEditing(true)}>{t('change')}</Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" px="xs" aria-label={common('actions')}>
            <IconDots size={18} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => toggle.mutate()}>
            {hook.active ? t('deactivate') : t('activate')}
          </Menu.Item>
          {mayRotate ? (
            <Menu.Item
              onClick={() =>
                confirm({
                  title: t('rotateTitle'),
                  text: t('rotateText'),
                  action: t('rotate'),
                  onConfirm: () => rotate.mutate(),
                })
              }
            >
              {t('rotate')}
            </Menu.Item>
          ) : null}
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
      {isEditing ? (
        <HookForm
          hook={hook}
          onClose={() => setEditing(false)}
          onSaved={() => {
            setEditing(false);
            tellDone(common('saved'));
            void refresh();
          }}
        />
      ) : null}
      <Modal
        opened={secret !== null}
        onClose={() => setSecret(null)}
        closeOnClickOutside={false}
        title={t('secretTitle', { name })}
        closeButtonProps={{ 'aria-label': common('close') }}
      >
        <SecretOnce label={t('secret')} secret={secret ?? ''} />
      </Modal>
    </>
  );
}
