import {
  ActionIcon,
  Button,
  Divider,
  Group,
  ScrollArea,
  Select,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { IconTrash, IconX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NodeTypeObject, WorkflowFault } from '../../../../src/http/admin/workflow-contract.ts';
import {
  type Draft,
  type DraftNode,
  linksOf,
  type OutputsByType,
  outputsOf,
  type Settings,
} from './draft.ts';
import { toSchema } from './form/schema.ts';
import { SettingField } from './form/setting-field.tsx';
import { useNodeWords } from './node-words.ts';

interface NodePanelProps {
  readonly draft: Draft;
  readonly node: DraftNode;
  readonly type: NodeTypeObject | undefined;
  readonly types: OutputsByType;
  readonly databaseId: number;
  readonly faults: readonly WorkflowFault[];
  readonly isReadOnly: boolean;
  readonly onSettings: (settings: Settings) => void;
  readonly onRename: (id: string) => void;
  readonly onConnect: (key: string, target: string | null) => void;
  readonly onRemove: () => void;
  readonly onClose: () => void;
}

/** Faults at a setting, by path below it. */
function faultsAt(faults: readonly WorkflowFault[], key: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { path, message } of faults) {
    if (path === key || path.startsWith(`${key}.`) || path.startsWith(`${key}[`)) {
      found[path.slice(key.length).replace(/^\./, '')] = message;
    }
  }
  return found;
}

/** The settings of the chosen node, in a form made of its schema. */
export function NodePanel(props: NodePanelProps) {
  const { draft, node, type, databaseId, faults, isReadOnly, onSettings, onRemove, onClose } = props;
  const { t } = useTranslation('workflowEditor');
  const { typeName } = useNodeWords();
  const schema = toSchema(type?.schema);
  const sendNodes = draft.nodes.filter((one) => one.type === 'send').map(({ id }) => id);
  const change = (key: string, value: unknown): void => {
    const { [key]: _, ...rest } = node;
    onSettings(value === undefined ? rest : { ...rest, [key]: value });
  };
  return (
    <ScrollArea h="100%" type="auto">
      <Stack p="md" gap="md" component="section" aria-label={t('settings')}>
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div>
            <Text fw={700}>{typeName(node.type)}</Text>
            <Text size="xs" c="dimmed">
              {type?.description}
            </Text>
          </div>
          <ActionIcon variant="subtle" color="gray" onClick={onClose} aria-label={t('close')}>
            <IconX size={18} aria-hidden />
          </ActionIcon>
        </Group>
        <fieldset disabled={isReadOnly} style={{ border: 0, padding: 0, margin: 0 }}>
          <Stack gap="md">
            <IdField {...props} />
            {Object.entries(schema.properties ?? {}).map(([key, setting]) => (
              <SettingField
                key={`${node.id} ${key}`}
                name={key}
                schema={setting}
                value={node[key]}
                onChange={(value) => change(key, value)}
                databaseId={databaseId}
                sendNodes={sendNodes}
                channel={typeof node['channel'] === 'string' ? node['channel'] : undefined}
                faults={faultsAt(faults, key)}
              />
            ))}
            <Ways {...props} />
            {isReadOnly ? null : (
              <Button
                variant="light"
                color="red"
                leftSection={<IconTrash size={16} aria-hidden />}
                onClick={onRemove}
              >
                {t('delete')}
              </Button>
            )}
          </Stack>
        </fieldset>
      </Stack>
    </ScrollArea>
  );
}

const ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Renames when the field is left: half a name would lead other nodes astray. */
function IdField({ draft, node, onRename }: NodePanelProps) {
  const { t } = useTranslation('workflowEditor');
  const [text, setText] = useState(node.id);
  useEffect(() => setText(node.id), [node.id]);
  const isTaken = text !== node.id && draft.nodes.some(({ id }) => id === text);
  const error = isTaken ? t('idTaken') : ID.test(text) ? undefined : t('idWrong');
  const leave = (): void => {
    if (error === undefined && text !== node.id) onRename(text);
    else setText(node.id);
  };
  return (
    <TextInput
      label={t('id')}
      description={t('idHelp')}
      value={text}
      error={error}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={leave}
      onKeyDown={(event) => {
        if (event.key === 'Enter') leave();
      }}
    />
  );
}

/** Where each way out leads, for those who do not draw. */
function Ways({ draft, node, types, faults, onConnect }: NodePanelProps) {
  const { t } = useTranslation('workflowEditor');
  const { outcomeName, typeName } = useNodeWords();
  const outputs = outputsOf(node, types);
  if (outputs.length === 0) return null;
  const links = linksOf(draft, types).filter(({ source }) => source === node.id);
  const targets = draft.nodes
    .filter(({ type }) => type !== 'start')
    .map(({ id, type }) => ({ value: id, label: `${id} (${typeName(type)})` }));
  return (
    <>
      <Divider label={t('ways')} labelPosition="left" />
      {outputs.map(({ key, outcome }) => (
        <Select
          key={key}
          label={outcomeName(outcome)}
          placeholder={t('nowhere')}
          clearable
          searchable
          data={targets}
          value={links.find(({ output }) => output.key === key)?.target ?? null}
          error={faults.find(({ path }) => path === key)?.message}
          onChange={(target) => onConnect(key, target)}
        />
      ))}
    </>
  );
}
