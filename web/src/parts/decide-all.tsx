import { Button, Group, Modal, Progress, Radio, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Query } from '../api/client.ts';
import { toProblem } from '../api/problem.ts';
import { tellProblem } from './notify.ts';

/** Decided so many at a time, each by a request of its own: what was decided stays when one stops. */
const PAGE = 100;
const AT_ONCE = 4;

interface DecideAllProps<D extends string> {
  /** The list, such as `/messages`; its entries are decided by `<path>/<id>/resolve`. */
  readonly path: string;
  /** Which of those that wait for a decision are meant. */
  readonly filters: Query;
  readonly decisions: readonly D[];
  readonly nameOf: (decision: D) => string;
  readonly help: string;
}

interface Parked {
  readonly data: readonly { readonly id: string }[];
}

/** Whether somebody else was quicker. */
function isGone(thrown: unknown): boolean {
  const { status } = toProblem(thrown);
  return status === 404 || status === 409;
}

/** One decision for everything that waits for one, with how far it has come and a way to stop. */
export function DecideAll<D extends string>(props: DecideAllProps<D>) {
  const { t } = useTranslation('parts');
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {t('decideAll')}
      </Button>
      {isOpen ? <Dialog {...props} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function useDeciding<D extends string>({ path, filters }: Pick<DecideAllProps<D>, 'path' | 'filters'>) {
  const client = useQueryClient();
  const [done, setDone] = useState<number | null>(null);
  const [isRunning, setRunning] = useState(false);
  const isStopped = useRef(false);

  async function decideOne(id: string, as: D): Promise<void> {
    try {
      await api.post(`${path}/${id}/resolve`, { as });
    } catch (thrown) {
      if (!isGone(thrown)) throw thrown;
    }
    setDone((before) => (before ?? 0) + 1);
  }

  /** Takes them from one queue, some side by side. */
  async function decidePage(ids: string[], as: D): Promise<void> {
    const workers = Array.from({ length: AT_ONCE }, async () => {
      for (let id = ids.pop(); id !== undefined && !isStopped.current; id = ids.pop())
        await decideOne(id, as);
    });
    await Promise.all(workers);
  }

  async function decideAll(as: D): Promise<void> {
    for (;;) {
      const { data } = await api.get<Parked>(path, { ...filters, status: 'parked', limit: PAGE });
      if (data.length === 0 || isStopped.current) return;
      await decidePage(
        data.map(({ id }) => id),
        as,
      );
    }
  }

  return {
    done,
    isRunning,
    start: (as: D): void => {
      isStopped.current = false;
      setDone(0);
      setRunning(true);
      void decideAll(as)
        .catch(tellProblem)
        .finally(() => {
          setRunning(false);
          void client.invalidateQueries({ queryKey: [path] });
        });
    },
    stop: (): void => {
      isStopped.current = true;
    },
  };
}

function Dialog<D extends string>(props: DecideAllProps<D> & { readonly onClose: () => void }) {
  const { decisions, nameOf, help, onClose } = props;
  const { t } = useTranslation('parts');
  const [decision, setDecision] = useState<D | undefined>();
  const { done, isRunning, start, stop } = useDeciding<D>(props);
  const isOver = done !== null && !isRunning;
  return (
    <Modal
      opened
      onClose={() => {
        stop();
        onClose();
      }}
      title={t('decideAll')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack>
        <Text size="sm">{help}</Text>
        <Radio.Group
          label={t('decideAs')}
          value={decision ?? ''}
          onChange={(value) => setDecision(decisions.find((one) => one === value))}
        >
          <Stack gap="xs" mt="xs">
            {decisions.map((one) => (
              <Radio key={one} value={one} label={nameOf(one)} disabled={done !== null} />
            ))}
          </Stack>
        </Radio.Group>
        {done === null ? null : (
          <div>
            {isRunning ? (
              <Progress value={100} animated aria-label={t('decidedSoFar', { count: done })} />
            ) : null}
            <Text role="status" mt="xs">
              {t('decidedSoFar', { count: done })}
            </Text>
          </div>
        )}
        <Group justify="flex-end">
          {isRunning ? (
            <Button variant="default" onClick={stop}>
              {t('stop')}
            </Button>
          ) : null}
          {isOver ? <Button onClick={onClose}>{t('close')}</Button> : null}
          {done === null ? (
            <Button
              disabled={decision === undefined}
              onClick={() => decision !== undefined && start(decision)}
            >
              {t('decideAction')}
            </Button>
          ) : null}
        </Group>
      </Stack>
    </Modal>
  );
}
