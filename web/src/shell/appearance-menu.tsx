import { ActionIcon, Menu, useMantineColorScheme } from '@mantine/core';
import { IconCheck, IconDeviceDesktop, IconLanguage, IconMoon, IconSun } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { currentLanguage, type Language, languageNames, languages, speak } from '../words/languages.ts';

const schemes = [
  { value: 'light', icon: IconSun },
  { value: 'dark', icon: IconMoon },
  { value: 'auto', icon: IconDeviceDesktop },
] as const;

interface AppearanceItemsProps {
  /** Where the choice is kept beside this browser. */
  readonly onLanguage?: (language: Language) => void;
}

/** The entries of a menu for language and colours. */
export function AppearanceItems({ onLanguage }: AppearanceItemsProps) {
  const { t } = useTranslation('shell');
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const names = { light: t('light'), dark: t('dark'), auto: t('system') };
  const spoken = currentLanguage();
  return (
    <>
      <Menu.Label>{t('language')}</Menu.Label>
      {languages.map((one) => (
        <Menu.Item
          key={one}
          lang={one}
          leftSection={<IconLanguage size={16} aria-hidden />}
          rightSection={one === spoken ? <IconCheck size={16} aria-hidden /> : null}
          aria-current={one === spoken}
          onClick={() => {
            speak(one);
            onLanguage?.(one);
          }}
        >
          {languageNames[one]}
        </Menu.Item>
      ))}
      <Menu.Label>{t('appearance')}</Menu.Label>
      {schemes.map(({ value, icon: Icon }) => (
        <Menu.Item
          key={value}
          leftSection={<Icon size={16} aria-hidden />}
          rightSection={value === colorScheme ? <IconCheck size={16} aria-hidden /> : null}
          aria-current={value === colorScheme}
          onClick={() => setColorScheme(value)}
        >
          {names[value]}
        </Menu.Item>
      ))}
    </>
  );
}

/** For whom nobody knows yet. */
export function AppearanceMenu() {
  const { t } = useTranslation('shell');
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('appearance')}>
          <IconLanguage size={20} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <AppearanceItems />
      </Menu.Dropdown>
    </Menu>
  );
}
