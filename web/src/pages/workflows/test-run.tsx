import { Alert, Button, Card, Code, Group, Select, Stack, Text, TextInput, Timeline } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WorkflowObject } from '../../../../src/http/admin/contract.ts';
import type { TestRunObject, TestStepObject } from '../../../../src/http/admin/workflow-contract.ts';
import { api } from '../../api/client.ts';
import { findProfile } from '../../api/find-profile.ts';
import { ApiProblem } from '../../api/problem.ts';
import { JsonEditor } from '../../parts/json-editor.tsx';
import type { JsonRecord } from '../../parts/json-record.ts';
import { MailFrame } from '../../parts/mail-frame.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { lookOf } from '../workflow-editor/node-look.ts';
import { useNodeWords } from '../workflow-editor/node-words.ts';

type Choices = Record<string, { edge?: string; answer?: unknown }>;

/** Of which outcome only the world knows. */
const uncertain: Readonly<Record<string, readonly string[]>> = {
  api_call: ['error'],
  send: ['error'],
  wait_event: ['timed_out'],
};

/** One profile walks the draft; what it would cause is shown, nothing is done. */
export function TestRun({ workflow }: { readonly workflow: WorkflowObject }) {
  const { t } = useTranslation('workflows');
  const [who, setWho] = useState('');
  const [content, setContent] = useState<JsonRecord | undefined>({});
  const [choices, setChoices] = useState<Choices>({});
  const walk = useMutation({
    mutationFn: async (chosen: Choices) => {
      const profile = await findProfile(workflow.database_id, who);
      if (profile === undefined) throw new ApiProblem(404, t('test.nobody'));
      return api.post<TestRunObject>(`/workflows/${workflow.id}/test-run`, {
        ...{ profile_id: profile.id, content: content ?? {}, choices: chosen },
      });
    },
  });
  const choose = (node: string, part: Choices[string]): void => {
    const next = { ...choices, [node]: { ...choices[node], ...part } };
    setChoices(next);
    walk.mutate(next);
  };
  return (
    <Stack maw={860}>
      <Text c="dimmed">{t('test.about')}</Text>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          walk.mutate(choices);
        }}
      >
        <Group align="flex-end">
          <TextInput
            label={t('test.profile')}
            description={t('test.profileHelp')}
            value={who}
            onChange={(event) => setWho(event.currentTarget.value)}
            flex={1}
            maw={360}
          />
          <Button
            type="submit"
            loading={walk.isPending}
            disabled={who.trim() === '' || content === undefined}
          >
            {t('test.walk')}
          </Button>
        </Group>
      </form>
      <JsonEditor label={t('test.content')} value={content ?? {}} onChange={setContent} minHeight="60px" />
      {walk.error === null ? null : <ProblemAlert problem={walk.error} />}
      {walk.data === undefined ? null : <Walked result={walk.data} choices={choices} onChoose={choose} />}
    </Stack>
  );
}

interface WalkedProps {
  readonly result: TestRunObject;
  readonly choices: Choices;
  readonly onChoose: (node: string, part: Choices[string]) => void;
}

function Walked({ result, choices, onChoose }: WalkedProps) {
  const { t } = useTranslation('workflows');
  const { typeName, outcomeName } = useNodeWords();
  const steps = result.steps.map((step, at) => ({ ...step, at }));
  return (
    <>
      <Timeline bulletSize={30} lineWidth={2} active={steps.length}>
        {steps.map((step) => {
          const { icon: Icon, color } = lookOf(step.type);
          return (
            <Timeline.Item
              key={step.at}
              bullet={<Icon size={16} aria-hidden />}
              color={step.outcome === 'failed' || step.outcome === 'error' ? 'red' : color}
              title={`${step.node} (${typeName(step.type)})`}
            >
              <Text size="sm" className="breakable">
                {step.outcome === 'waits' && step.effect === null
                  ? t('test.waits', { detail: step.detail ?? '' })
                  : step.outcome === 'waits'
                    ? ''
                    : `→ ${outcomeName(step.outcome)}${step.detail === null ? '' : `: ${step.detail}`}`}
              </Text>
              <Effect effect={step.effect} />
              {step.outcome === 'waits' ? (
                <Choice
                  step={step}
                  choice={choices[step.node] ?? {}}
                  onChoose={(part) => onChoose(step.node, part)}
                />
              ) : null}
            </Timeline.Item>
          );
        })}
      </Timeline>
      <Alert
        color={result.end === 'ended' ? 'teal' : 'red'}
        title={t(`test.ends.${result.end}`)}
        role="status"
      >
        {result.reason}
      </Alert>
      <Text fw={600}>{t('test.fields')}</Text>
      <Code block>{JSON.stringify(result.fields, null, 2)}</Code>
    </>
  );
}

function Effect({ effect }: { readonly effect: TestStepObject['effect'] }) {
  const { t } = useTranslation('workflows');
  if (effect === null) return null;
  if (effect.kind === 'api_call') {
    const headers = Object.entries(effect.headers).map(([name, value]) => `${name}: ${value}\n`);
    return (
      <Card withBorder mt="xs" p="sm">
        <Text size="sm" fw={600}>
          {t('test.call')}
        </Text>
        <Code block>{`${effect.method} ${effect.url}\n${headers.join('')}\n${effect.body ?? ''}`}</Code>
      </Card>
    );
  }
  return (
    <Card withBorder mt="xs" p="sm">
      <Text size="sm" fw={600}>
        {t('test.message')}
      </Text>
      <Text size="sm">
        {t('test.to')}: {effect.address}
      </Text>
      {effect.subject === '' ? null : (
        <Text size="sm">
          {t('test.subject')}: {effect.subject}
        </Text>
      )}
      {effect.html === '' ? (
        <Code block>{effect.text}</Code>
      ) : (
        <MailFrame title={effect.subject} html={effect.html} />
      )}
    </Card>
  );
}

interface ChoiceProps {
  readonly step: TestStepObject;
  readonly choice: Choices[string];
  readonly onChoose: (part: Choices[string]) => void;
}

/** How a call, message or wait turns out, decided by the one who tries. */
function Choice({ step, choice, onChoose }: ChoiceProps) {
  const { t } = useTranslation('workflows');
  const { outcomeName } = useNodeWords();
  const edges = uncertain[step.type] ?? [];
  const [answer, setAnswer] = useState<JsonRecord | undefined>({});
  if (edges.length === 0) return null;
  return (
    <Stack gap="xs" mt="xs" maw={420}>
      <Select
        size="xs"
        label={t('test.choose')}
        allowDeselect={false}
        data={[
          { value: 'next', label: t('test.good') },
          ...edges.map((edge) => ({ value: edge, label: outcomeName(edge) })),
        ]}
        value={choice.edge ?? 'next'}
        onChange={(edge) => onChoose({ edge: edge ?? 'next' })}
      />
      {step.type === 'api_call' && (choice.edge ?? 'next') === 'next' ? (
        <>
          <JsonEditor label={t('test.answer')} value={answer ?? {}} onChange={setAnswer} minHeight="40px" />
          <Button
            size="compact-sm"
            variant="default"
            disabled={answer === undefined}
            onClick={() => onChoose({ answer })}
            style={{ alignSelf: 'flex-start' }}
          >
            {t('test.walk')}
          </Button>
        </>
      ) : null}
    </Stack>
  );
}
