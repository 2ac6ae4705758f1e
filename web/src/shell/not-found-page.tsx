import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { EmptyState } from '../parts/empty-state.tsx';

export function NotFoundPage() {
  const { t } = useTranslation('shell');
  return (
    <EmptyState
      level={1}
      title={t('notFound')}
      text={t('notFoundHelp')}
      action={
        <Button component={Link} to="/">
          {t('toHome')}
        </Button>
      }
    />
  );
}
