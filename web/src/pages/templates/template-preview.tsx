import { Box, Card, Code, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PreviewObject } from '../../../../src/http/admin/template-contract.ts';
import { JsonEditor } from '../../parts/json-editor.tsx';
import { MailFrame } from '../../parts/mail-frame.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import type { Sample } from './use-template-draft.ts';

interface TemplatePreviewProps {
  readonly channel: string;
  readonly preview: UseQueryResult<{ preview: PreviewObject; isNobody: boolean }>;
  readonly sample: Sample;
  readonly onSample: (sample: Sample) => void;
}

const PHONE_WIDTH = 375;

/** What somebody would get, as wide as their screen is. */
export function TemplatePreview({ channel, preview, sample, onSample }: TemplatePreviewProps) {
  const { t } = useTranslation('templates');
  const [width, setWidth] = useState('desktop');
  return (
    <Stack component="section" aria-label={t('preview')}>
      <TextInput
        label={t('previewFor')}
        description={t('previewHelp')}
        value={sample.who}
        error={preview.data?.isNobody ? t('nobody') : undefined}
        onChange={(event) => onSample({ ...sample, who: event.currentTarget.value })}
      />
      <QueryView query={preview}>
        {({ preview: { subject, html, text } }) => (
          <Card withBorder>
            {channel === 'email' ? (
              <Stack gap="sm">
                <SegmentedControl
                  aria-label={t('preview')}
                  value={width}
                  onChange={setWidth}
                  data={[
                    { value: 'desktop', label: t('desktop') },
                    { value: 'phone', label: t('phone') },
                    { value: 'plain', label: t('plain') },
                  ]}
                />
                <Text fw={600} className="breakable">
                  {subject}
                </Text>
                {width === 'plain' ? (
                  <Code block>{text}</Code>
                ) : (
                  <Box mx="auto" w={width === 'phone' ? PHONE_WIDTH : '100%'} maw="100%">
                    <MailFrame title={t('preview')} html={html} height={460} />
                  </Box>
                )}
              </Stack>
            ) : (
              <Text style={{ whiteSpace: 'pre-wrap' }} className="breakable">
                {text}
              </Text>
            )}
          </Card>
        )}
      </QueryView>
      {sample.who.trim() === '' ? (
        <JsonEditor
          label={t('lead')}
          value={sample.lead}
          onChange={(lead) => lead !== undefined && onSample({ ...sample, lead })}
          minHeight="60px"
        />
      ) : null}
      <JsonEditor
        label={t('content')}
        value={sample.content}
        onChange={(content) => content !== undefined && onSample({ ...sample, content })}
        minHeight="60px"
      />
    </Stack>
  );
}
