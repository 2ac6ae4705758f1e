import { ActionIcon, Button, Menu, Modal } from '@mantine/core';
import { IconDots, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { UserObject } from '../../../../src/http/admin/account-contract.ts';
import { api } from '../../api/client.ts';
import { useUser } from '../../api/session.ts';
import { useConfirm } from '../../parts/confirm.tsx';
import { SecretOnce } from '../../parts/copy.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Moment } from '../../parts/moment.tsx';
import { tellDone, tellProblem } from '../../parts/notify.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { UserForm } from './user-form.tsx';
import type { UserWithPassword } from './user-with-password.ts';

type Change = Record<string, unknown>;

interface UserMenuProps {
  readonly user: UserObject;
  readonly onEdit: () => void;
  readonly onChange: (change: Change) => void;
  readonly onRemove: () => void;
}

/** What can be done to a user; not to oneself, so that nobody locks themselves out. */
function UserMenu({ user, onEdit, onChange, onRemove }: UserMenuProps) {
  const { t } = useTranslation('users');
  const confirm = useConfirm();
  const { name } = user;
  const isOwn = useUser().id === user.id;
  const ask = (what: 'newPassword' | 'disable', onConfirm: () => void) => () =>
    confirm({
      title: t(`${what}Title`, { name }),
      text: t(`${what}Text`),
      action: t(what),
      isDangerous: true,
      onConfirm,
    });
  const askRemoval = () =>
    confirm({
      title: t('removeTitle', { name }),
      text: t('removeText'),
      action: t('removeAction'),
      isDangerous: true,
      onConfirm: onRemove,
    });
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t('actionsOf', { name })}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={onEdit}>{t('edit')}</Menu.Item>
        {isOwn ? null : (
          <>
            <Menu.Item onClick={ask('newPassword', () => onChange({ password: null }))}>
              {t('newPassword')}
            </Menu.Item>
            {user.disabled_at === null ? (
              <Menu.Item onClick={ask('disable', () => onChange({ disabled: true }))}>
                {t('disable')}
              </Menu.Item>
            ) : (
              <Menu.Item onClick={() => onChange({ disabled: false })}>{t('enable')}</Menu.Item>
            )}
            <Menu.Divider />
            <Menu.Item color="red" onClick={askRemoval}>
              {t('remove')}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function useColumns(menuOf: (user: UserObject) => Omit<UserMenuProps, 'user'>): Column<UserObject>[] {
  const { t } = useTranslation('users');
  const own = useUser().id;
  return [
    {
      key: 'name',
      header: t('name'),
      render: ({ id, name }) => (id === own ? `${name} (${t('you')})` : name),
    },
    { key: 'email', header: t('email'), render: ({ email }) => email },
    { key: 'role', header: t('role'), render: ({ role }) => t(`roles.${role}`) },
    { key: 'last', header: t('lastLogIn'), render: (user) => <Moment time={user.last_login_at} /> },
    {
      key: 'state',
      header: t('state'),
      render: ({ disabled_at: at }) => (
        <StateBadge mood={at === null ? 'good' : 'bad'}>
          {at === null ? t('active') : t('disabled')}
        </StateBadge>
      ),
    },
    {
      key: 'actions',
      header: '',
      align: 'right',
      render: (user) => <UserMenu user={user} {...menuOf(user)} />,
    },
  ];
}

export function UsersPage() {
  const { t } = useTranslation('users');
  const { t: common } = useTranslation('parts');
  const client = useQueryClient();
  /** The user whose form is open, 'new' for one to be made. */
  const [edited, setEdited] = useState<UserObject | 'new' | null>(null);
  const [secret, setSecret] = useState<UserWithPassword | null>(null);
  const users = useQuery({
    queryKey: ['/users'],
    queryFn: ({ signal }) => api.get<{ data: UserObject[] }>('/users', {}, signal),
  });
  const taken = (user: UserWithPassword) => {
    setEdited(null);
    if (user.password !== undefined) setSecret(user);
    void client.invalidateQueries({ queryKey: ['/users'] });
  };
  const change = useMutation({
    mutationFn: ({ id, body }: { id: number; body: Change }) =>
      api.patch<UserWithPassword>(`/users/${id}`, body),
    onSuccess: (user) => {
      taken(user);
      tellDone(common('saved'));
    },
    onError: tellProblem,
  });
  const remove = useMutation({
    mutationFn: (id: number) => api.delete<undefined>(`/users/${id}`),
    onSuccess: async () => {
      tellDone(t('removed'));
      await client.invalidateQueries({ queryKey: ['/users'] });
    },
    onError: tellProblem,
  });
  const columns = useColumns((user) => ({
    onEdit: () => setEdited(user),
    onChange: (body) => change.mutate({ id: user.id, body }),
    onRemove: () => remove.mutate(user.id),
  }));
  return (
    <>
      <PageHeader
        title={t('title')}
        about={t('about')}
        actions={
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
            {t('make')}
          </Button>
        }
      />
      <QueryView query={users}>
        {({ data }) => (
          <DataTable label={t('title')} columns={columns} rows={data} rowKey={({ id }) => id} empty={null} />
        )}
      </QueryView>
      {edited === null ? null : <UserForm user={edited} onClose={() => setEdited(null)} onSaved={taken} />}
      <Modal
        opened={secret !== null}
        onClose={() => setSecret(null)}
        closeOnClickOutside={false}
        title={t('secretTitle', { name: secret?.name ?? '' })}
        closeButtonProps={{ 'aria-label': common('close') }}
      >
        <SecretOnce label={secret?.email ?? ''} secret={secret?.password ?? ''} />
      </Modal>
    </>
  );
}
