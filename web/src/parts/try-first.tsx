import { Alert, Button, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

interface TryFirst<T> {
  /** Tries it, and saves what works. */
  readonly submit: (values: T) => void;
  readonly isTrying: boolean;
  /** What came of the last try, if it did not work. */
  readonly fault: string | null;
}

interface TryFirstOptions<T> {
  /** Whether anything was changed that a try would tell of. */
  readonly isNeeded: (values: T) => boolean;
  /** What is wrong; undefined = it works. Throws what is wrong with the form. */
  readonly attempt: (values: T) => Promise<string | undefined>;
  readonly onFault: (thrown: unknown) => void;
  readonly save: (values: T) => void;
}

/** Settings of a connection are saved once they were seen to work, or by somebody who knows better. */
export function useTryFirst<T>({ isNeeded, attempt, onFault, save }: TryFirstOptions<T>): TryFirst<T> {
  const [fault, setFault] = useState<string | null>(null);
  const trial = useMutation({
    mutationFn: attempt,
    onSuccess: (found, values) => {
      if (found === undefined) save(values);
      else setFault(found);
    },
    onError: onFault,
  });
  return {
    submit: (values) => {
      setFault(null);
      if (isNeeded(values)) trial.mutate(values);
      else save(values);
    },
    isTrying: trial.isPending,
    fault,
  };
}

interface TryFaultProps {
  readonly title: string;
  readonly fault: string;
  readonly isPending: boolean;
  /** Saves what stands in the form now. */
  readonly onSave: () => void;
}

/** Says why it does not work, and lets one save it all the same. */
export function TryFault({ title, fault, isPending, onSave }: TryFaultProps) {
  const { t } = useTranslation('parts');
  return (
    <Alert color="orange" title={title} role="alert">
      <Stack gap="sm" align="flex-start">
        <Text size="sm" className="breakable">
          {fault}
        </Text>
        <Button variant="default" size="xs" loading={isPending} onClick={() => onSave()}>
          {t('saveAnyway')}
        </Button>
      </Stack>
    </Alert>
  );
}
