import { ActionIcon, Group, Select, Switch, Tooltip } from '@mantine/core';
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconLayoutGrid,
  IconMaximize,
  IconZoomIn,
  IconZoomOut,
} from '@tabler/icons-react';
import { useReactFlow } from '@xyflow/react';
import { useTranslation } from 'react-i18next';
import type { LiveCounts } from './use-counts.ts';
import type { Editor } from './use-editor.ts';

interface ToolbarProps {
  readonly editor: Editor;
  readonly isReadOnly: boolean;
  readonly live: LiveCounts;
}

export function Toolbar({ editor, isReadOnly, live }: ToolbarProps) {
  const { t } = useTranslation('workflowEditor');
  const flow = useReactFlow();
  const fit = () => void flow.fitView({ maxZoom: 1, padding: 0.15 });
  const tools = [
    ...(isReadOnly
      ? []
      : [
          { name: t('undo'), icon: IconArrowBackUp, do: editor.undo, isOff: !editor.canUndo },
          { name: t('redo'), icon: IconArrowForwardUp, do: editor.redo, isOff: !editor.canRedo },
          {
            name: t('layOut'),
            icon: IconLayoutGrid,
            do: () => {
              editor.layOut();
              window.requestAnimationFrame(() => window.requestAnimationFrame(fit));
            },
            isOff: false,
          },
        ]),
    { name: t('zoomOut'), icon: IconZoomOut, do: () => void flow.zoomOut(), isOff: false },
    { name: t('zoomIn'), icon: IconZoomIn, do: () => void flow.zoomIn(), isOff: false },
    { name: t('fit'), icon: IconMaximize, do: fit, isOff: false },
  ];
  return (
    <Group gap={4}>
      {tools.map(({ name, icon: Icon, do: act, isOff }) => (
        <Tooltip key={name} label={name}>
          <ActionIcon variant="default" size="lg" aria-label={name} disabled={isOff} onClick={act}>
            <Icon size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
      ))}
      <Switch
        ml="sm"
        label={t('counts')}
        checked={live.isShown}
        onChange={(event) => live.show(event.currentTarget.checked)}
      />
      {live.isShown && live.versions.length > 1 ? (
        <Select
          size="xs"
          ml="sm"
          aria-label={t('countsOf')}
          allowDeselect={false}
          data={live.versions.map(({ version, inside }) => ({
            value: String(version),
            label: t('versionCounts', { version, count: inside }),
          }))}
          value={String(live.version)}
          onChange={(value) => value !== null && live.choose(Number(value))}
        />
      ) : null}
    </Group>
  );
}
