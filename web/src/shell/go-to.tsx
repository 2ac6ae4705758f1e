import '@mantine/spotlight/styles.css';
import { ActionIcon, Button, Kbd } from '@mantine/core';
import { Spotlight, type SpotlightActionData, spotlight } from '@mantine/spotlight';
import { IconAddressBook, IconChecklist } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useMay } from '../api/session.ts';
import { navigation, searchIcon as SearchIcon } from './navigation.ts';

const TASK_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** An e-mail address, a phone number or the id of a profile. */
const PERSON = /@|^\+?[\d\s()-]{6,}$|^[0-9a-f]{24}$/i;

export function GoToButton() {
  const { t } = useTranslation('shell');
  return (
    <>
      <Button
        visibleFrom="sm"
        variant="default"
        size="xs"
        leftSection={<SearchIcon size={16} aria-hidden />}
        rightSection={<Kbd size="xs">Ctrl K</Kbd>}
        onClick={spotlight.open}
      >
        {t('search')}
      </Button>
      <ActionIcon
        hiddenFrom="sm"
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={t('search')}
        onClick={spotlight.open}
      >
        <SearchIcon size={20} aria-hidden />
      </ActionIcon>
    </>
  );
}

/** Ctrl-K: to a page by its name, to a task by its id, to a profile by what it is known by. */
export function GoTo() {
  const { t } = useTranslation('shell');
  const navigate = useNavigate();
  const [query, setQuery] = useState('');
  const seen = { viewer: useMay('viewer'), editor: useMay('editor'), owner: useMay('owner') };
  const text = query.trim();

  const found: SpotlightActionData[] = [];
  if (TASK_ID.test(text)) {
    found.push({
      id: 'task',
      label: `${t('nav.tasks')}: ${text}`,
      keywords: [text],
      leftSection: <IconChecklist size={18} aria-hidden />,
      onClick: () => void navigate(`/tasks/${text}`),
    });
  } else if (PERSON.test(text)) {
    found.push({
      id: 'profile',
      label: `${t('nav.profiles')}: ${text}`,
      keywords: [text],
      leftSection: <IconAddressBook size={18} aria-hidden />,
      onClick: () => void navigate(`/profiles?search=${encodeURIComponent(text)}`),
    });
  }
  for (const { to, words, icon: Icon, role = 'viewer' } of navigation.flatMap(({ items }) => items)) {
    if (!seen[role]) continue;
    found.push({
      id: to,
      label: t(`nav.${words}`),
      leftSection: <Icon size={18} aria-hidden />,
      onClick: () => void navigate(to),
    });
  }
  return (
    <Spotlight
      actions={found}
      query={query}
      onQueryChange={setQuery}
      shortcut="mod + K"
      nothingFound={t('nothingFound')}
      highlightQuery
      scrollable
      searchProps={{
        leftSection: <SearchIcon size={20} aria-hidden />,
        placeholder: t('goTo'),
        'aria-label': t('goTo'),
      }}
    />
  );
}
