import { Text, TextInput } from '@mantine/core';
import { modals } from '@mantine/modals';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface Question {
  readonly title: string;
  /** What will happen, and what cannot be taken back. */
  readonly text: ReactNode;
  /** The verb on the button, as “Delete the hook”. */
  readonly action: string;
  readonly isDangerous?: boolean;
  readonly onConfirm: () => void;
}

/** @returns a function that asks before something is done that is hard to take back. */
export function useConfirm(): (question: Question) => void {
  const { t } = useTranslation('parts');
  return ({ title, text, action, isDangerous = false, onConfirm }) => {
    modals.openConfirmModal({
      title,
      children: typeof text === 'string' ? <Text size="sm">{text}</Text> : text,
      labels: { confirm: action, cancel: t('cancel') },
      confirmProps: isDangerous ? { color: 'red' } : {},
      closeButtonProps: { 'aria-label': t('close') },
      onConfirm,
    });
  };
}

interface TypeToConfirmProps {
  readonly text: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Where a click too many would be dear: the text must be typed. */
export function TypeToConfirm({ text, value, onChange }: TypeToConfirmProps) {
  const { t } = useTranslation('parts');
  return (
    <TextInput
      label={t('typeToConfirm', { text })}
      value={value}
      autoComplete="off"
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
