import {
  IconActivity,
  IconAddressBook,
  IconAffiliate,
  IconApi,
  IconChecklist,
  IconDatabase,
  IconFileImport,
  IconHome,
  IconKey,
  IconListSearch,
  IconMail,
  IconMailCog,
  IconMessage2,
  IconSend,
  IconSettings,
  IconShieldX,
  IconUsers,
  IconUsersGroup,
  IconWebhook,
} from '@tabler/icons-react';
import type { Role } from '../api/session.ts';
import type { en } from './words.ts';

export interface NavigationItem {
  readonly to: string;
  readonly words: Exclude<keyof typeof en.nav, 'label'>;
  readonly icon: typeof IconHome;
  /** Who sees it; absent = everybody. */
  readonly role?: Role;
}

export interface NavigationGroup {
  readonly words?: 'setup' | 'administration';
  readonly items: readonly NavigationItem[];
}

export const navigation: readonly NavigationGroup[] = [
  {
    items: [
      { to: '/', words: 'home', icon: IconHome },
      { to: '/tasks', words: 'tasks', icon: IconChecklist },
      { to: '/import', words: 'import', icon: IconFileImport, role: 'editor' },
      { to: '/workflows', words: 'workflows', icon: IconAffiliate },
      { to: '/profiles', words: 'profiles', icon: IconAddressBook },
      { to: '/segments', words: 'segments', icon: IconUsersGroup },
      { to: '/templates', words: 'templates', icon: IconMail },
      { to: '/messages', words: 'messages', icon: IconMessage2 },
    ],
  },
  {
    words: 'setup',
    items: [
      { to: '/databases', words: 'databases', icon: IconDatabase },
      { to: '/resources', words: 'resources', icon: IconSend },
      { to: '/senders', words: 'senders', icon: IconMailCog },
      { to: '/suppression', words: 'suppression', icon: IconShieldX },
      { to: '/hooks', words: 'hooks', icon: IconWebhook },
      { to: '/hosts', words: 'hosts', icon: IconApi },
    ],
  },
  {
    words: 'administration',
    items: [
      { to: '/tokens', words: 'tokens', icon: IconKey, role: 'owner' },
      { to: '/users', words: 'users', icon: IconUsers, role: 'owner' },
      { to: '/settings', words: 'settings', icon: IconSettings },
      { to: '/audit', words: 'audit', icon: IconActivity, role: 'owner' },
    ],
  },
];

export const searchIcon = IconListSearch;
