import { ActionIcon, Menu, Text } from '@mantine/core';
import { IconLogout, IconUser, IconUserCircle } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api } from '../api/client.ts';
import { useKeepSession, useUser } from '../api/session.ts';
import { tellProblem } from '../parts/notify.ts';
import { AppearanceItems } from './appearance-menu.tsx';

/** Who is logged in, language, colours, and the way out. */
export function AccountMenu() {
  const { t } = useTranslation('shell');
  const user = useUser();
  const keep = useKeepSession();
  const logOut = useMutation({
    mutationFn: () => api.delete<undefined>('/session'),
    onSuccess: () => keep(null),
    onError: tellProblem,
  });
  const keepLanguage = useMutation({
    mutationFn: (language: string) => api.patch<{ user: typeof user }>('/session', { language }),
    onSuccess: (changed) => keep(changed),
    onError: tellProblem,
  });
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon variant="subtle" size="lg" radius="xl" aria-label={t('account')}>
          <IconUserCircle size={26} stroke={1.5} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} c="var(--mantine-color-text)" truncate>
            {user.name}
          </Text>
          <Text size="xs" truncate>
            {user.email} · {t(`roles.${user.role}`)}
          </Text>
        </Menu.Label>
        <Menu.Item component={Link} to="/account" leftSection={<IconUser size={16} aria-hidden />}>
          {t('myAccount')}
        </Menu.Item>
        <Menu.Divider />
        <AppearanceItems onLanguage={(language) => keepLanguage.mutate(language)} />
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => logOut.mutate()}>
          {t('logOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
