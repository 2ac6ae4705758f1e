import { Stepper } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFields } from '../../api/lists.ts';
import { LeaveGuard } from '../../parts/leave-guard.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { CheckStep } from './check-step.tsx';
import { ColumnsStep } from './columns-step.tsx';
import { FileStep } from './file-step.tsx';
import { guessColumns } from './guess-columns.ts';
import { type ColumnMapping, type FieldType, standardTypes } from './mapping.ts';
import { SendStep } from './send-step.tsx';
import { firstSettings, type ImportSettings } from './settings.ts';
import type { OpenedTable } from './table.ts';
import { useFile } from './use-file.ts';

/** Mappings belong to the columns of one table and the fields of one database; for others they are guessed anew. */
function useMappings(
  table: OpenedTable | undefined,
  custom: readonly string[] | undefined,
  databaseId: number | null,
) {
  const key = JSON.stringify([table?.name, table?.columns, databaseId, custom === undefined]);
  const [kept, keep] = useState<{ key: string; mappings: readonly ColumnMapping[] }>({
    key: '',
    mappings: [],
  });
  const isKept = kept.key === key;
  const mappings =
    isKept || table === undefined ? kept.mappings : guessColumns(table.columns, table.sample, custom ?? []);
  return { mappings, setMappings: (next: readonly ColumnMapping[]) => keep({ key, mappings: next }) };
}

const steps = ['file', 'columns', 'check', 'send'] as const;

/** A file becomes a task in four steps; going back loses nothing. */
export function ImportPage() {
  const { t } = useTranslation('newImport');
  const isNarrow = useMediaQuery('(max-width: 47.9em)', false, { getInitialValueInEffect: false });
  const file = useFile();
  const [step, setStep] = useState(0);
  const [settings, setSettings] = useState<ImportSettings>(firstSettings);
  const [isSent, setSent] = useState(false);
  const { data: fields } = useFields(settings.databaseId ?? undefined);
  const { mappings, setMappings } = useMappings(
    file.table,
    fields?.map(({ name }) => name),
    settings.databaseId,
  );
  const types: Record<string, FieldType> = { ...standardTypes };
  for (const { name, type } of fields ?? []) types[name] = type;
  const { table } = file;
  const shared = { settings, mappings, types };
  return (
    <>
      <PageHeader title={t('title')} about={t('about')} />
      <LeaveGuard isDirty={table !== undefined && !isSent} />
      <Stepper
        active={step}
        size="sm"
        iconSize={30}
        mb="lg"
        allowNextStepsSelect={false}
        onStepClick={setStep}
      >
        {steps.map((one, index) => (
          <Stepper.Step
            key={one}
            {...(isNarrow
              ? { 'aria-label': `${index + 1} ${t(`steps.${one}`)}` }
              : { label: t(`steps.${one}`) })}
          />
        ))}
      </Stepper>

      {step === 0 || table === undefined ? (
        <FileStep file={file} settings={settings} onSettings={setSettings} onNext={() => setStep(1)} />
      ) : null}
      {table !== undefined && step === 1 ? (
        <ColumnsStep
          {...shared}
          table={table}
          onMappings={setMappings}
          onBack={() => setStep(0)}
          onNext={() => setStep(2)}
        />
      ) : null}
      {table !== undefined && step === 2 ? (
        <CheckStep {...shared} table={table} onBack={() => setStep(1)} onNext={() => setStep(3)} />
      ) : null}
      {table !== undefined && step === 3 ? (
        <SendStep
          {...shared}
          table={table}
          build={file.build}
          onSent={() => setSent(true)}
          onBack={() => setStep(2)}
          onAgain={() => {
            file.close();
            setSent(false);
            setStep(0);
          }}
        />
      ) : null}
    </>
  );
}
