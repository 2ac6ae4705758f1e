import { Button, Code, Popover, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { FilterCountObject } from '../../../../src/http/admin/profile-contract.ts';
import { api } from '../../api/client.ts';
import type { JsonRecord } from '../../parts/json-record.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';

interface FilterFiguresProps {
  readonly databaseId: number;
  readonly filter: JsonRecord;
}

/** How many meet a filter, and by which way PostgreSQL finds them. */
export function FilterFigures({ databaseId, filter }: FilterFiguresProps) {
  const { t } = useTranslation('profiles');
  const key = JSON.stringify(filter);
  const count = useQuery({
    queryKey: ['/databases', databaseId, 'count', key],
    queryFn: () => api.post<FilterCountObject>(`/databases/${databaseId}/count`, { filter }),
  });
  const explain = useQuery({
    queryKey: ['/databases', databaseId, 'explain', key],
    queryFn: () => api.post<Record<string, unknown>>(`/databases/${databaseId}/explain`, { filter }),
    enabled: false,
  });
  return (
    <>
      <Text size="sm" role="status">
        {count.data === undefined
          ? t('counting')
          : count.data.is_complete
            ? t('count', { count: count.data.count })
            : t('countMore', { count: count.data.count })}
      </Text>
      <Popover width={420} position="bottom" withArrow onOpen={() => void explain.refetch()}>
        <Popover.Target>
          <Button size="compact-sm" variant="subtle">
            {t('how')}
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          {explain.error === null ? null : <ProblemAlert problem={explain.error} />}
          <Code block>{explain.data === undefined ? '…' : JSON.stringify(explain.data, null, 2)}</Code>
        </Popover.Dropdown>
      </Popover>
    </>
  );
}
