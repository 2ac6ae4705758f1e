import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { PreviewObject, TemplateObject } from '../../../../src/http/admin/template-contract.ts';
import { api } from '../../api/client.ts';
import { findProfile } from '../../api/find-profile.ts';
import type { JsonRecord } from '../../parts/json-record.ts';

const PAUSE_MS = 400;

/** The parts of a template that are written. */
export interface TemplateDraft {
  readonly name: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly headers: JsonRecord;
  readonly data: JsonRecord;
  readonly track_opens: boolean;
  readonly track_clicks: boolean;
}

export function toDraft({
  name,
  subject,
  html,
  text,
  headers,
  data,
  track_opens,
  track_clicks,
}: TemplateObject): TemplateDraft {
  return { name, subject, html, text, headers, data, track_opens, track_clicks };
}

export function useTemplateDraft(template: TemplateObject) {
  const [draft, setDraft] = useState<TemplateDraft>(() => toDraft(template));
  const isDirty = JSON.stringify(draft) !== JSON.stringify(toDraft(template));
  return {
    draft,
    isDirty,
    replace: setDraft,
    change: (part: Partial<TemplateDraft>) => setDraft({ ...draft, ...part }),
  };
}

/** Whom and with what a preview is made. */
export interface Sample {
  /** E-mail, phone or id; '' = the samples. */
  readonly who: string;
  readonly lead: JsonRecord;
  readonly content: JsonRecord;
}

/** The keys that belong to the channel; an SMS has no subject. */
export function partsFor(channel: string, { name: _, ...parts }: TemplateDraft): JsonRecord {
  if (channel === 'email') {
    const { data: __, ...mail } = parts;
    return mail;
  }
  const { subject: ___, html: ____, headers: _____, track_opens: ______, ...other } = parts;
  return other;
}

/** What the draft would say, shortly after each change; `isNobody` when nobody is known by what was typed. */
export function usePreview(
  template: TemplateObject,
  draft: TemplateDraft,
  sample: Sample,
  databaseId: number | undefined,
) {
  const request = JSON.stringify({ draft, sample });
  const [settled] = useDebouncedValue(request, PAUSE_MS);
  return useQuery({
    queryKey: ['/templates/preview', template.id, databaseId, settled],
    queryFn: async (): Promise<{ preview: PreviewObject; isNobody: boolean }> => {
      const asked: { draft: TemplateDraft; sample: Sample } = JSON.parse(settled);
      const { who, lead, content } = asked.sample;
      const profile =
        who.trim() === '' || databaseId === undefined ? undefined : await findProfile(databaseId, who);
      const preview = await api.post<PreviewObject>('/templates/preview', {
        channel: template.channel,
        ...partsFor(template.channel, asked.draft),
        content,
        ...(profile === undefined ? { lead } : { database_id: databaseId, profile_id: profile.id }),
      });
      return { preview, isNobody: who.trim() !== '' && profile === undefined };
    },
    placeholderData: keepPreviousData,
  });
}
