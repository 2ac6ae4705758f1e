import { Center, Loader } from '@mantine/core';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useSessionState } from '../api/session.ts';
import { EmptyState } from '../parts/empty-state.tsx';
import { speak, suggestLanguage, toLanguage } from '../words/languages.ts';
import { LogInPage } from './log-in-page.tsx';
import { SetupPage } from './setup-page.tsx';
import { Shell } from './shell.tsx';

const RETRY_MS = 5_000;

/** Shows the pages to whom they are for: first the owner's setup, then the log-in, at whatever address is asked for. */
export function Gate() {
  const { t } = useTranslation('shell');
  const { data: state, isError, refetch } = useSessionState();
  const language = state?.user?.language;
  const common = state?.language;

  useEffect(() => {
    const known = toLanguage(language);
    if (known !== undefined) speak(known);
    else if (common) suggestLanguage(common);
  }, [language, common]);

  useEffect(() => {
    if (!isError) return;
    const timer = window.setInterval(() => void refetch(), RETRY_MS);
    return () => window.clearInterval(timer);
  }, [isError, refetch]);

  if (state === undefined) {
    if (isError) return <EmptyState title={t('unreachable')} text={t('unreachableHelp')} />;
    return (
      <Center h="100vh">
        <Loader aria-label="Muster" />
      </Center>
    );
  }
  if (state.setup_needed) return <SetupPage />;
  if (state.user === null) return <LogInPage />;
  return <Shell />;
}
