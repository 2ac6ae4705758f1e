import { Button, Code, Container, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { isRouteErrorResponse, useRouteError } from 'react-router';
import { NotFoundPage } from './not-found-page.tsx';

/** What browsers say where a part of the page is gone: the server was updated and serves parts of other names. */
const LOAD_FAULT = /dynamically imported module|importing a module script failed|error loading/i;

function describe(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}

/** In the place of a page that threw. */
export function FaultPage() {
  const { t } = useTranslation('shell');
  const thrown = useRouteError();
  if (isRouteErrorResponse(thrown) && thrown.status === 404) return <NotFoundPage />;
  const text = describe(thrown);
  const isOld = LOAD_FAULT.test(text);
  return (
    <Container size="md" py="xl">
      <Stack align="flex-start">
        <Title order={1}>{t('broken')}</Title>
        <Text>{isOld ? t('newVersion') : t('brokenHelp')}</Text>
        <Button onClick={() => window.location.reload()}>{t('reload')}</Button>
        {isOld ? null : (
          <Code block w="100%">
            {text}
          </Code>
        )}
      </Stack>
    </Container>
  );
}
