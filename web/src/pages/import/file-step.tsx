import { Alert, Button, Card, Checkbox, Group, Loader, Select, Stack, Text, Textarea } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import '@mantine/dropzone/styles.css';
import { IconFileSpreadsheet } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../parts/format.ts';
import { SampleTable } from './sample-table.tsx';
import type { ImportSettings } from './settings.ts';
import { StepButtons } from './step-buttons.tsx';
import { encodings, type OpenedTable, type ReadOptions } from './table.ts';
import { TargetForm } from './target-form.tsx';
import type { useFile } from './use-file.ts';

interface FileStepProps {
  readonly file: ReturnType<typeof useFile>;
  readonly settings: ImportSettings;
  readonly onSettings: (settings: ImportSettings) => void;
  readonly onNext: () => void;
}

/** A file is dropped, chosen or pasted, and it is said where it goes. */
export function FileStep({ file, settings, onSettings, onNext }: FileStepProps) {
  const { t } = useTranslation('newImport');
  const { table, fault, reading } = file;
  const isReading = reading !== undefined;
  const isComplete =
    settings.databaseId !== null &&
    settings.content !== undefined &&
    settings.customData !== undefined &&
    (settings.matching !== 'custom' || settings.fieldName !== null);
  return (
    <Stack>
      {fault === undefined ? null : (
        <Alert color="red" role="alert">
          {t(`file.faults.${fault.reason}`, { detail: fault.detail })}
        </Alert>
      )}
      {table === undefined ? (
        <Source file={file} />
      ) : (
        <>
          <Opened table={table} isReading={isReading} onOptions={file.reopen} onClose={file.close} />
          <TargetForm settings={settings} onChange={onSettings} />
        </>
      )}
      {table === undefined ? null : <StepButtons onNext={onNext} isDisabled={!isComplete || isReading} />}
    </Stack>
  );
}

function Source({ file }: { readonly file: FileStepProps['file'] }) {
  const { t } = useTranslation('newImport');
  const [pasted, setPasted] = useState('');
  const choose = useRef<() => void>(null);
  const takePasted = () => {
    const isJson = /^\s*[[{]/.test(pasted);
    const name = `${t('file.pasted')}.${isJson ? 'txt' : 'csv'}`;
    file.open(new File([pasted], name), { encoding: 'utf-8' });
  };
  if (file.reading !== undefined) return <Reading file={file.reading} onCancel={file.close} />;
  return (
    <>
      <Dropzone
        openRef={choose}
        onDrop={([first]) => first && file.open(first)}
        multiple={false}
        inputProps={{ 'aria-label': t('file.choose') }}
        activateOnClick={false}
        // The whole area takes files; the button is what the keyboard reaches.
        tabIndex={-1}
        enablePointerEvents
        p="xl"
      >
        <Stack align="center" gap="sm" ta="center">
          <IconFileSpreadsheet size={44} stroke={1.3} aria-hidden />
          <Text fw={600}>{t('file.drop')}</Text>
          <Text size="sm" c="dimmed">
            {t('file.kinds')}
          </Text>
          <Button onClick={() => choose.current?.()}>{t('file.choose')}</Button>
        </Stack>
      </Dropzone>
      <Textarea
        label={t('file.paste')}
        description={t('file.pasteHelp')}
        autosize
        minRows={4}
        maxRows={12}
        value={pasted}
        onChange={(event) => setPasted(event.currentTarget.value)}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
      />
      {pasted.trim() === '' ? null : (
        <Button onClick={takePasted} style={{ alignSelf: 'flex-start' }}>
          {t('file.takePasted')}
        </Button>
      )}
    </>
  );
}

function Reading({ file, onCancel }: { readonly file: File; readonly onCancel: () => void }) {
  const { t } = useTranslation('newImport');
  const { t: common } = useTranslation('parts');
  const format = useFormat();
  return (
    <Card withBorder p="xl">
      <Stack align="center" gap="md">
        <Loader aria-hidden />
        <Text role="status" className="breakable" ta="center">
          {t('file.reading', { name: file.name, size: format.bytes(file.size) })}
        </Text>
        <Button variant="default" onClick={onCancel}>
          {common('cancel')}
        </Button>
      </Stack>
    </Card>
  );
}

interface OpenedProps {
  readonly table: OpenedTable;
  readonly isReading: boolean;
  readonly onOptions: (options: ReadOptions) => void;
  readonly onClose: () => void;
}

const separators = [
  [',', 'comma'],
  [';', 'semicolon'],
  ['\t', 'tab'],
  ['|', 'bar'],
] as const;

function Opened({ table, isReading, onOptions, onClose }: OpenedProps) {
  const { t } = useTranslation('newImport');
  const { encoding, delimiter, sheet, sheets, hasHeader } = table;
  const now: ReadOptions = {
    ...(encoding === undefined ? {} : { encoding }),
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(sheet === undefined ? {} : { sheet }),
    hasHeader,
  };
  const isRows = table.format === 'csv' || table.format === 'xlsx';
  return (
    <Card withBorder>
      <Group justify="space-between" mb="sm">
        <Group gap="sm">
          <IconFileSpreadsheet aria-hidden />
          <Text fw={600} className="breakable">
            {table.name}
          </Text>
          <Text size="sm" c="dimmed">
            {t('file.found', { count: table.rowCount })} ·{' '}
            {t('file.columns', { count: table.columns.length })}
          </Text>
          {isReading ? <Loader size="xs" /> : null}
        </Group>
        <Button variant="default" size="xs" onClick={onClose}>
          {t('file.another')}
        </Button>
      </Group>
      <Group align="flex-end" mb="md">
        {encoding === undefined ? null : (
          <Select
            label={t('file.encoding')}
            data={encodings.map((one) => one)}
            value={encoding}
            allowDeselect={false}
            onChange={(value) => {
              const chosen = encodings.find((one) => one === value);
              if (chosen !== undefined) onOptions({ ...now, encoding: chosen });
            }}
          />
        )}
        {delimiter === undefined ? null : (
          <Select
            label={t('file.delimiter')}
            data={separators.map(([value, name]) => ({ value, label: t(`file.delimiters.${name}`) }))}
            value={delimiter}
            allowDeselect={false}
            onChange={(value) => onOptions({ ...now, delimiter: value ?? ',' })}
          />
        )}
        {sheets.length < 2 ? null : (
          <Select
            label={t('file.sheet')}
            data={sheets}
            value={sheet ?? null}
            allowDeselect={false}
            onChange={(value) => onOptions({ ...now, ...(value === null ? {} : { sheet: value }) })}
          />
        )}
        {isRows ? (
          <Checkbox
            label={t('file.header')}
            checked={hasHeader}
            mb={8}
            onChange={(event) => onOptions({ ...now, hasHeader: event.currentTarget.checked })}
          />
        ) : null}
      </Group>
      <SampleTable table={table} />
    </Card>
  );
}
