import { Alert, Button, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { describeProblem } from './describe-problem.ts';

interface ProblemAlertProps {
  readonly problem: unknown;
  readonly onRetry?: () => void;
}

/** What went wrong and what to do, where it happened. */
export function ProblemAlert({ problem, onRetry }: ProblemAlertProps) {
  const { t } = useTranslation('parts');
  const { title, text } = describeProblem(problem);
  return (
    <Alert color="red" title={title} icon={<IconAlertTriangle aria-hidden />} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm" className="breakable">
          {text}
        </Text>
        {onRetry === undefined ? null : (
          <Button size="xs" variant="default" onClick={onRetry}>
            {t('problem.again')}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
