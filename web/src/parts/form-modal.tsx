import { Button, Group, Modal, Stack } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemAlert } from './problem-alert.tsx';

interface FormModalProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onSubmit: (event: FormEvent<HTMLFormElement>) => void;
  /** The verb on the button. */
  readonly action: string;
  readonly isPending: boolean;
  /** What the server has said to the last try. */
  readonly problem: Error | null;
  readonly size?: string;
  readonly children: ReactNode;
}

/** A short form in a dialog. */
export function FormModal(props: FormModalProps) {
  const { title, isOpen, onClose, onSubmit, action, isPending, problem, size = 'md', children } = props;
  const { t } = useTranslation('parts');
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={title}
      size={size}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <form onSubmit={onSubmit} noValidate>
        <Stack>
          {problem === null ? null : <ProblemAlert problem={problem} />}
          {children}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={isPending}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
