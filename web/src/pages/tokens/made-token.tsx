import { Button, Code, Group, Modal, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CreatedTokenObject } from '../../../../src/http/admin/contract.ts';
import { SecretOnce } from '../../parts/copy.tsx';

interface MadeTokenProps {
  /** null = there is nothing to show. */
  readonly token: CreatedTokenObject | null;
  readonly onClose: () => void;
}

/** A request that the token may make, to paste into a terminal. */
function exampleFor({ rights, token }: CreatedTokenObject): string {
  const header = `-H 'Authorization: Bearer ${token}'`;
  const mayRead = rights.includes('read') || rights.includes('admin');
  const method = mayRead ? 'tasks/list' : 'workflows/import_and_start_batch_task';
  const body = mayRead
    ? '{}'
    : '{"workflow_id": 1, "matching": "email", "data": [{"data": {"email": "a@example.com"}}]}';
  return `curl -s ${window.location.origin}/api/v1.1/${method} ${header} \\\n  -H 'Content-Type: application/json' -d '${body}'`;
}

/** The secret of a token that was just made, once. A click beside the dialog does not close it. */
export function MadeToken({ token, onClose }: MadeTokenProps) {
  const { t } = useTranslation('tokens');
  const { t: common } = useTranslation('parts');
  return (
    <Modal
      opened={token !== null}
      onClose={onClose}
      closeOnClickOutside={false}
      title={token === null ? '' : t('secretTitle', { name: token.name })}
      closeButtonProps={{ 'aria-label': common('close') }}
      size="lg"
    >
      {token === null ? null : (
        <Stack>
          <SecretOnce label={token.name} secret={token.token} />
          <Text size="sm">{t('tryIt')}</Text>
          <Code block>{exampleFor(token)}</Code>
          <Group justify="flex-end">
            <Button onClick={onClose}>{common('close')}</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
