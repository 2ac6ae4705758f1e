import { Accordion, Card, Checkbox, Select, SimpleGrid, Stack } from '@mantine/core';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useDatabases, useFields, useWorkflows } from '../../api/lists.ts';
import { JsonEditor } from '../../parts/json-editor.tsx';
import { DatabasePick } from '../../parts/picks.tsx';
import { type ImportSettings, matchings } from './settings.ts';

interface TargetFormProps {
  readonly settings: ImportSettings;
  readonly onChange: (settings: ImportSettings) => void;
}

const NOWHERE = 'nowhere';

/** Into which database and workflow, and how profiles are found. */
export function TargetForm({ settings, onChange }: TargetFormProps) {
  const { t } = useTranslation('newImport');
  const { data: databases } = useDatabases();
  const { data: workflows } = useWorkflows();
  const { data: fields } = useFields(settings.databaseId ?? undefined);
  const change = (part: Partial<ImportSettings>) => onChange({ ...settings, ...part });
  const active = (workflows ?? []).filter((workflow) => workflow.active);

  // The first database is where most import; it is named in the form, so nobody is surprised.
  const [first] = databases ?? [];
  const isUndecided = settings.databaseId === null && first !== undefined;
  useEffect(() => {
    if (isUndecided && first !== undefined) onChange({ ...settings, databaseId: first.id });
  }, [isUndecided, first, settings, onChange]);

  return (
    <Card withBorder component="section" aria-label={t('target.title')}>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Select
          label={t('target.workflow')}
          description={t('target.workflowHelp')}
          searchable
          allowDeselect={false}
          data={[
            { value: NOWHERE, label: t('target.only') },
            ...active.map(({ id, name }) => ({ value: String(id), label: name })),
          ]}
          value={settings.workflowId === null ? NOWHERE : String(settings.workflowId)}
          onChange={(value) => {
            const workflow = active.find(({ id }) => String(id) === value);
            change(
              workflow === undefined
                ? { workflowId: null }
                : { workflowId: workflow.id, databaseId: workflow.database_id },
            );
          }}
        />
        <DatabasePick
          label={t('target.database')}
          description={' '}
          allowDeselect={false}
          value={settings.databaseId}
          disabled={settings.workflowId !== null}
          onChange={(databaseId) => change({ databaseId, fieldName: null })}
        />
        <Select
          label={t('target.matching')}
          allowDeselect={false}
          data={matchings.map((matching) => ({ value: matching, label: t(`target.matchings.${matching}`) }))}
          value={settings.matching}
          onChange={(value) => {
            const matching = matchings.find((one) => one === value);
            if (matching !== undefined) change({ matching });
          }}
        />
        {settings.matching === 'custom' ? (
          <Select
            label={t('target.field')}
            placeholder={t('target.noField')}
            searchable
            data={(fields ?? []).map(({ name }) => name)}
            value={settings.fieldName}
            onChange={(fieldName) => change({ fieldName })}
          />
        ) : null}
      </SimpleGrid>
      <Accordion variant="default" mt="sm" chevronPosition="left">
        <Accordion.Item value="more" style={{ border: 0 }}>
          <Accordion.Control>{t('target.more')}</Accordion.Control>
          <Accordion.Panel>
            <MoreSettings settings={settings} onChange={onChange} />
          </Accordion.Panel>
        </Accordion.Item>
      </Accordion>
    </Card>
  );
}

function MoreSettings({ settings, onChange }: TargetFormProps) {
  const { t } = useTranslation('newImport');
  const change = (part: Partial<ImportSettings>) => onChange({ ...settings, ...part });
  const flags = ['skipTriggers', 'skipInvalid', 'detectGeo'] as const;
  return (
    <Stack>
      {flags.map((flag) => (
        <Checkbox
          key={flag}
          label={t(`target.${flag}`)}
          checked={settings[flag]}
          onChange={(event) => change({ [flag]: event.currentTarget.checked })}
        />
      ))}
      {settings.workflowId === null ? null : (
        <JsonEditor
          label={t('target.content')}
          description={t('target.contentHelp')}
          value={settings.content ?? {}}
          onChange={(content) => change({ content })}
          minHeight="60px"
        />
      )}
      <JsonEditor
        label={t('target.customData')}
        description={t('target.customDataHelp')}
        value={settings.customData ?? {}}
        onChange={(customData) => change({ customData })}
        minHeight="60px"
      />
    </Stack>
  );
}
