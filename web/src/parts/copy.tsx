import { ActionIcon, Alert, Code, CopyButton, Group, Stack, Text, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy, IconKey } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

/** Copies a text. */
export function Copy({ text }: { readonly text: string }) {
  const { t } = useTranslation('parts');
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? t('copied') : t('copy')}>
          <ActionIcon
            variant="subtle"
            color={copied ? 'teal' : 'gray'}
            onClick={copy}
            aria-label={copied ? t('copied') : t('copy')}
          >
            {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}

/** A secret that the server tells once. */
export function SecretOnce({ label, secret }: { readonly label: string; readonly secret: string }) {
  const { t } = useTranslation('parts');
  return (
    <Alert color="yellow" icon={<IconKey aria-hidden />} title={label}>
      <Stack gap="xs">
        <Text size="sm">{t('secretOnce')}</Text>
        <Group wrap="nowrap" gap="xs">
          <Code block className="breakable" flex={1} style={{ whiteSpace: 'pre-wrap' }}>
            {secret}
          </Code>
          <Copy text={secret} />
        </Group>
      </Stack>
    </Alert>
  );
}
