import { Button, Group, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { SettingsObject } from '../../../../src/http/admin/account-contract.ts';
import { api } from '../../api/client.ts';
import { useKeepSettings } from '../../api/session.ts';
import { tellDone } from '../../parts/notify.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { takeProblem } from '../../parts/take-problem.ts';
import { languageNames, languages, toLanguage } from '../../words/languages.ts';

interface SettingsFormProps {
  readonly settings: SettingsObject;
  readonly isReadOnly: boolean;
}

/** What holds for everybody. */
export function SettingsForm({ settings, isReadOnly }: SettingsFormProps) {
  const { t } = useTranslation('settings');
  const { t: common } = useTranslation('parts');
  const client = useQueryClient();
  const keep = useKeepSettings();
  const form = useForm({
    initialValues: {
      name: settings.name ?? '',
      notice: settings.notice ?? '',
      language: settings.language ?? '',
    },
  });
  const save = useMutation({
    mutationFn: ({ name, notice, language }: typeof form.values) =>
      api.patch<SettingsObject>('/settings', {
        name: name.trim() || null,
        notice: notice.trim() || null,
        language: toLanguage(language) ?? null,
      }),
    onSuccess: (saved) => {
      client.setQueryData(['/settings'], saved);
      keep(saved);
      form.resetDirty();
      tellDone(common('saved'));
    },
    onError: (thrown) => takeProblem(form, thrown),
  });
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack maw={560}>
        {save.error === null ? null : <ProblemAlert problem={save.error} />}
        <TextInput
          label={t('name')}
          description={t('nameHelp')}
          placeholder={t('namePlaceholder')}
          maxLength={60}
          readOnly={isReadOnly}
          {...form.getInputProps('name')}
        />
        <Textarea
          label={t('notice')}
          description={t('noticeHelp')}
          maxLength={500}
          autosize
          minRows={2}
          readOnly={isReadOnly}
          {...form.getInputProps('notice')}
        />
        <Select
          label={t('language')}
          description={t('languageHelp')}
          disabled={isReadOnly}
          allowDeselect={false}
          data={[
            { value: '', label: t('browserLanguage') },
            ...languages.map((one) => ({ value: one, label: languageNames[one] })),
          ]}
          {...form.getInputProps('language')}
        />
        {isReadOnly ? null : (
          <Group>
            <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
              {common('save')}
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  );
}
