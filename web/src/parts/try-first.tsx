import { Alert, Button, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

interface TryFirst<T> {
  /** Tries it, and saves what works. */
  readonly submit: (values: T) => void;
  readonly isTrying: boolean;
  /** Why what stands in the form does not work, as far as it was tried. */
  readonly fault: string | null;
}

interface TryFirstOptions<T> {
  /** What stands in the form now, as text: what was found of something else is told no more. */
  readonly shown: string;
  /** Whether anything was changed that a try would tell of. */
  readonly isNeeded: (values: T) => boolean;
  /** What is wrong; undefined = it works. Throws what is wrong with the form. */
  readonly attempt: (values: T) => Promise<string | undefined>;
  readonly onFault: (thrown: unknown) => void;
  readonly save: (values: T) => void;
}

/** Settings of a connection are saved once they were seen to work, or by somebody who knows better. */
export function useTryFirst<T>(options: TryFirstOptions<T>): TryFirst<T> {
  const { shown, isNeeded, attempt, onFault, save } = options;
  const [failed, setFailed] = useState<{ readonly of: string; readonly fault: string } | null>(null);
  const trial = useMutation({
    mutationFn: ({ values }: { readonly values: T; readonly of: string }) => attempt(values),
    onSuccess: (fault, { values, of }) => {
      if (fault === undefined) save(values);
      else setFailed({ of, fault });
    },
    onError: onFault,
  });
  return {
    submit: (values) => {
      setFailed(null);
      if (isNeeded(values)) trial.mutate({ values, of: shown });
      else save(values);
    },
    isTrying: trial.isPending,
    fault: failed?.of === shown ? failed.fault : null,
  };
}

interface TryFaultProps {
  readonly title: string;
  readonly fault: string;
  readonly isPending: boolean;
  /** Saves what was tried. */
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
