import { ActionIcon, Button, Group, Input, NumberInput, Stack } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

interface BranchesFieldProps {
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly error: string | undefined;
}

type Branch = Record<string, unknown>;

function isBranch(value: unknown): value is Branch {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const LEAST = 2;

/** The branches of a split and their shares; where they lead is drawn. */
export function BranchesField({ value, onChange, error }: BranchesFieldProps) {
  const { t } = useTranslation('workflowEditor');
  const branches = Array.isArray(value) ? value.filter(isBranch) : [];
  return (
    <Input.Wrapper label={t('keys.branches')} error={error} labelElement="div">
      <Stack gap="xs" mt={4}>
        {branches.map((branch, index) => {
          const number = index + 1;
          return (
            <Group key={number} gap="xs" wrap="nowrap">
              <NumberInput
                aria-label={t('share', { number })}
                min={0}
                value={typeof branch['share'] === 'number' ? branch['share'] : ''}
                onChange={(share) =>
                  onChange(branches.map((one, at) => (at === index ? { ...one, share } : one)))
                }
                flex={1}
              />
              <ActionIcon
                variant="subtle"
                color="red"
                aria-label={t('removeBranch', { number })}
                disabled={branches.length <= LEAST}
                onClick={() => onChange(branches.filter((_, at) => at !== index))}
              >
                <IconTrash size={16} aria-hidden />
              </ActionIcon>
            </Group>
          );
        })}
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => onChange([...branches, { share: 1 }])}
        >
          {t('addBranch')}
        </Button>
      </Stack>
    </Input.Wrapper>
  );
}
