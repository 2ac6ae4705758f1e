import { Button, Code, Group, Modal, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TemplateObject, TemplateVersionObject } from '../../../../src/http/admin/template-contract.ts';
import { api } from '../../api/client.ts';
import { LineDifference } from '../../parts/line-difference.tsx';
import { Moment } from '../../parts/moment.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { type TemplateDraft, toDraft } from './use-template-draft.ts';

interface TemplateVersionsProps {
  readonly template: TemplateObject;
  readonly onClose: () => void;
  readonly onRestore: (draft: TemplateDraft) => void;
}

/** The parts as one text, so that differences can be seen. */
function print({
  subject,
  html,
  text,
  headers,
}: Pick<TemplateObject, 'subject' | 'html' | 'text' | 'headers'>): string {
  return `${subject}\n\n${html}\n\n${text}\n\n${JSON.stringify(headers, null, 2)}\n`;
}

/** Former versions, each beside the saved one. */
export function TemplateVersions({ template, onClose, onRestore }: TemplateVersionsProps) {
  const { t } = useTranslation('templates');
  const { t: common } = useTranslation('parts');
  const [shown, setShown] = useState<number | null>(null);
  const versions = useQuery({
    queryKey: ['/templates', template.id, 'versions', template.version],
    queryFn: async ({ signal }) =>
      (await api.get<{ data: TemplateVersionObject[] }>(`/templates/${template.id}/versions`, {}, signal))
        .data,
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('versions')}
      size="xl"
      closeButtonProps={{ 'aria-label': common('close') }}
    >
      <QueryView query={versions}>
        {(data) => (
          <Stack>
            {data.map((version) => (
              <Stack key={version.version} gap="xs">
                <Group justify="space-between">
                  <Text fw={600}>
                    {t('version')} {version.version} · <Moment time={version.created_at} />
                  </Text>
                  {version.version === template.version ? null : (
                    <Group gap="xs">
                      <Button
                        size="xs"
                        variant="default"
                        onClick={() => setShown(shown === version.version ? null : version.version)}
                      >
                        {t('compare')}
                      </Button>
                      <Button
                        size="xs"
                        variant="default"
                        onClick={() => {
                          onRestore({ ...toDraft({ ...template, ...version }), name: template.name });
                          onClose();
                        }}
                      >
                        {t('restore')}
                      </Button>
                    </Group>
                  )}
                </Group>
                {shown === version.version ? (
                  <LineDifference before={print(version)} after={print(template)} />
                ) : (
                  <Code block style={{ maxHeight: 90, overflow: 'auto' }} tabIndex={0}>
                    {version.subject || version.text}
                  </Code>
                )}
              </Stack>
            ))}
          </Stack>
        )}
      </QueryView>
    </Modal>
  );
}
