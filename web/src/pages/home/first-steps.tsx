import { Anchor, Card, Group, SimpleGrid, Text, ThemeIcon, Title } from '@mantine/core';
import { IconAffiliate, IconFileImport, IconKey, IconMailCog, IconWebhook } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useMay } from '../../api/session.ts';

const BATCH_PATH = '/api/v1.1/workflows/import_and_start_batch_task';

const steps = [
  { key: 'import', to: '/import', icon: IconFileImport, role: 'editor' },
  { key: 'workflow', to: '/workflows', icon: IconAffiliate, role: 'viewer' },
  { key: 'sender', to: '/senders', icon: IconMailCog, role: 'viewer' },
  { key: 'token', to: '/tokens', icon: IconKey, role: 'owner' },
  { key: 'hook', to: '/hooks', icon: IconWebhook, role: 'viewer' },
] as const;

/** In the place of figures, where nothing has happened yet. */
export function FirstSteps() {
  const { t } = useTranslation('home');
  return (
    <Card withBorder>
      <Title order={2} size="h3">
        {t('firstTitle')}
      </Title>
      <Text c="dimmed" mb="md">
        {t('firstText')}
      </Text>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
        {steps.map((step) => (
          <Step key={step.key} step={step} />
        ))}
      </SimpleGrid>
    </Card>
  );
}

function Step({ step: { key, to, icon: Icon, role } }: { readonly step: (typeof steps)[number] }) {
  const { t } = useTranslation('home');
  const may = useMay(role);
  if (!may) return null;
  return (
    <Group wrap="nowrap" align="flex-start" gap="sm">
      <ThemeIcon variant="light" size="lg" aria-hidden>
        <Icon size={20} stroke={1.6} />
      </ThemeIcon>
      <div>
        <Anchor component={Link} to={to} fw={500}>
          {t(`steps.${key}`)}
        </Anchor>
        <Text size="sm" c="dimmed" className="breakable">
          {t(`steps.${key}Text`, { url: `${window.location.origin}${BATCH_PATH}` })}
        </Text>
      </div>
    </Group>
  );
}
