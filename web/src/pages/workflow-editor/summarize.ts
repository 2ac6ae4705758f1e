import { useTranslation } from 'react-i18next';
import { useSegments, useTemplates, useWorkflows } from '../../api/lists.ts';
import { branchesOf, type DraftNode } from './draft.ts';

const MAX_LENGTH = 80;

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function shorten(text: string): string {
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH - 1)}…` : text;
}

/** `P2D`, `PT30M` as an amount and a unit; undefined = more than one part. */
export function readDuration(text: string): { amount: number; unit: 'M' | 'H' | 'D' | 'W' } | undefined {
  const [, sign = '', day, dayUnit, time, timeUnit] = /^(-?)P(?:(\d+)([DW])|T(\d+)([MH]))$/.exec(text) ?? [];
  const unit = (['M', 'H', 'D', 'W'] as const).find((one) => one === (dayUnit ?? timeUnit));
  const amount = Number(`${sign}${day ?? time}`);
  return unit === undefined ? undefined : { amount, unit };
}

export function printDuration(amount: number, unit: 'M' | 'H' | 'D' | 'W'): string {
  const sign = amount < 0 ? '-' : '';
  const size = Math.abs(amount);
  return unit === 'D' || unit === 'W' ? `${sign}P${size}${unit}` : `${sign}PT${size}${unit}`;
}

/** What a node is set to, in a line. */
export function useSummaries(): (node: DraftNode) => string {
  const { t } = useTranslation('workflowEditor');
  const { data: templates } = useTemplates();
  const { data: workflows } = useWorkflows();
  const { data: segments } = useSegments();
  const nameIn = (list: readonly { id: number; name: string }[] | undefined, id: unknown): string =>
    list?.find((one) => one.id === id)?.name ?? (id === undefined ? t('notSet') : `#${textOf(id)}`);
  const duration = (value: unknown): string => {
    const read = readDuration(textOf(value));
    return read === undefined ? textOf(value) || t('notSet') : `${read.amount} ${t(`units.${read.unit}`)}`;
  };
  const segmentList = (value: unknown, sign: string): string =>
    Array.isArray(value) ? value.map((id) => `${sign}${nameIn(segments, id)}`).join(' ') : '';
  const summaries: Readonly<Record<string, (node: DraftNode) => string>> = {
    start: (node) => textOf(node['on'] ?? node['name'] ?? 'Default'),
    condition: (node) => textOf(node['filter']),
    content_filter: (node) => textOf(node['filter']),
    delay: (node) => (node['until'] === undefined ? duration(node['for']) : textOf(node['until'])),
    split: (node) =>
      branchesOf(node)
        .map(({ share }) => textOf(share))
        .join(' : '),
    update_profile: (node) => textOf(node['fields']),
    update_subscription: (node) => textOf(node['status'] ?? node['cats'] ?? node['custom_fields']),
    segment: (node) => `${segmentList(node['add'], '+')} ${segmentList(node['remove'], '−')}`.trim(),
    api_call: (node) => `${textOf(node['method'] ?? 'POST')} ${textOf(node['url'])}`,
    send: (node) => nameIn(templates, node['template_id']),
    wait_event: (node) => `${textOf(node['event'])}, ${duration(node['timeout'])}`,
    emit: (node) => textOf(node['event']),
    workflow_jump: (node) => nameIn(workflows, node['workflow_id']),
    end: (node) => textOf(node['reason']),
  };
  return (node) => shorten(summaries[node.type]?.(node) ?? '');
}
