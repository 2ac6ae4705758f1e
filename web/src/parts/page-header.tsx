import { Anchor, Breadcrumbs, Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useInstallationName } from '../api/session.ts';

interface PageHeaderProps {
  readonly title: string;
  /** Beside the title, such as a state. */
  readonly badge?: ReactNode;
  /** One sentence on what the page is for. */
  readonly about?: string;
  /** The pages above this one, the nearest last. */
  readonly above?: readonly { readonly to: string; readonly title: string }[];
  /** Buttons. */
  readonly actions?: ReactNode;
}

/** The head of a page; also names the tab of the browser. */
export function PageHeader({ title, badge, about, above = [], actions }: PageHeaderProps) {
  const name = useInstallationName();
  useDocumentTitle([title, name, 'Muster'].filter((part) => part !== null).join(' · '));
  return (
    <Stack gap={4} mb="md">
      {above.length === 0 ? null : (
        <Breadcrumbs separatorMargin={6}>
          {above.map((page) => (
            <Anchor key={page.to} component={Link} to={page.to} size="sm">
              {page.title}
            </Anchor>
          ))}
        </Breadcrumbs>
      )}
      <Group justify="space-between" align="flex-start">
        <Group gap="sm">
          <Title order={1} className="breakable">
            {title}
          </Title>
          {badge}
        </Group>
        {actions === undefined ? null : <Group gap="xs">{actions}</Group>}
      </Group>
      {about === undefined ? null : (
        <Text c="dimmed" size="sm" maw={720}>
          {about}
        </Text>
      )}
    </Stack>
  );
}
