import { Group, Input, NumberInput, Select, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { printDuration, readDuration } from '../summarize.ts';

const units = ['M', 'H', 'D', 'W'] as const;

interface DurationFieldProps {
  readonly label: string;
  readonly description: string | undefined;
  readonly error: string | undefined;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}

/** An ISO 8601 duration as an amount and a unit; one of several parts as its text. */
export function DurationField({ label, description, error, value, onChange }: DurationFieldProps) {
  const { t } = useTranslation('workflowEditor');
  const text = typeof value === 'string' ? value : '';
  const read = text === '' ? { amount: undefined, unit: 'D' as const } : readDuration(text);
  if (read === undefined) {
    return (
      <TextInput
        label={`${label}: ${t('otherDuration')}`}
        error={error}
        value={text}
        onChange={(event) => onChange(event.currentTarget.value || undefined)}
      />
    );
  }
  const { amount, unit } = read;
  return (
    <Input.Wrapper label={label} description={description} error={error} labelElement="div">
      <Group gap="xs" wrap="nowrap" mt={4}>
        <NumberInput
          aria-label={`${label}: ${t('amount')}`}
          allowDecimal={false}
          value={amount ?? ''}
          onChange={(number) =>
            onChange(typeof number === 'number' ? printDuration(number, unit) : undefined)
          }
        />
        <Select
          aria-label={`${label}: ${t('unit')}`}
          allowDeselect={false}
          data={units.map((one) => ({ value: one, label: t(`units.${one}`) }))}
          value={unit}
          onChange={(chosen) => {
            const next = units.find((one) => one === chosen);
            if (next !== undefined) onChange(printDuration(amount ?? 1, next));
          }}
        />
      </Group>
    </Input.Wrapper>
  );
}
