import { Button, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';

interface StepButtonsProps {
  /** Absent on the first step. */
  readonly onBack?: (() => void) | undefined;
  /** Absent where the step has a button of its own. */
  readonly onNext?: (() => void) | undefined;
  readonly isDisabled?: boolean;
}

export function StepButtons({ onBack, onNext, isDisabled = false }: StepButtonsProps) {
  const { t } = useTranslation('newImport');
  return (
    <Group justify="space-between" mt="lg">
      {onBack === undefined ? (
        <span />
      ) : (
        <Button variant="default" onClick={onBack}>
          {t('back')}
        </Button>
      )}
      {onNext === undefined ? null : (
        <Button onClick={onNext} disabled={isDisabled}>
          {t('next')}
        </Button>
      )}
    </Group>
  );
}
