import { AppShell, Burger, Group, NavLink, ScrollArea, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type MouseEvent, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Outlet, useLocation } from 'react-router';
import { useMay, useSessionState } from '../api/session.ts';
import { AccountMenu } from './account-menu.tsx';
import { GoTo, GoToButton } from './go-to.tsx';
import { Logo } from './logo.tsx';
import { type NavigationGroup, type NavigationItem, navigation } from './navigation.ts';
import { Notice } from './notice.tsx';

const MAIN = 'content';

/** Moves the focus, as the address bar is not ours to change. */
function skipToContent(event: MouseEvent): void {
  event.preventDefault();
  document.getElementById(MAIN)?.focus();
}

/** Menu, head and the page; below it somebody is logged in. */
export function Shell() {
  const { t } = useTranslation('shell');
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const { pathname } = useLocation();
  const { data: state } = useSessionState();
  const main = useRef<HTMLElement>(null);
  const shown = useRef(pathname);

  // A new page begins at its top, with the focus of the keyboard and of screen readers.
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    close();
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [pathname, close]);

  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 232, breakpoint: 'md', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <a href={`#${MAIN}`} className="skip-link" onClick={skipToContent}>
        {t('skip')}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group wrap="nowrap" gap="sm">
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="md"
              size="sm"
              aria-label={isOpen ? t('closeMenu') : t('openMenu')}
              aria-expanded={isOpen}
            />
            <Logo />
          </Group>
          <Group wrap="nowrap" gap="xs">
            <GoToButton />
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar aria-label={t('nav.label')}>
        <ScrollArea flex={1} p="xs">
          {navigation.map((group) => (
            <MenuGroup key={group.words ?? ''} group={group} />
          ))}
        </ScrollArea>
        <Text size="xs" c="dimmed" p="sm">
          {t('version', { version: state?.version ?? '' })}
        </Text>
      </AppShell.Navbar>
      <AppShell.Main id={MAIN} ref={main} tabIndex={-1}>
        <Notice />
        <Outlet />
      </AppShell.Main>
      <GoTo />
    </AppShell>
  );
}

function MenuGroup({ group }: { group: NavigationGroup }) {
  const { t } = useTranslation('shell');
  return (
    <>
      {group.words === undefined ? null : (
        <Text size="xs" fw={600} c="dimmed" tt="uppercase" px="sm" pt="md" pb={4}>
          {t(`nav.${group.words}`)}
        </Text>
      )}
      {group.items.map((item) => (
        <MenuItem key={item.to} item={item} />
      ))}
    </>
  );
}

function MenuItem({ item: { to, words, icon: Icon, role } }: { item: NavigationItem }) {
  const { t } = useTranslation('shell');
  const { pathname } = useLocation();
  const isSeen = useMay(role ?? 'viewer');
  if (!isSeen) return null;
  const isHere = to === '/' ? pathname === '/' : pathname === to || pathname.startsWith(`${to}/`);
  return (
    <NavLink
      component={Link}
      to={to}
      label={t(`nav.${words}`)}
      leftSection={<Icon size={18} stroke={1.6} aria-hidden />}
      active={isHere}
      aria-current={isHere ? 'page' : undefined}
      py={4}
      style={{ borderRadius: 'var(--mantine-radius-default)' }}
    />
  );
}
