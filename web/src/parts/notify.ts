import { notifications } from '@mantine/notifications';
import { words } from '../words/languages.ts';
import { describeProblem } from './describe-problem.ts';

function closeButton() {
  return { 'aria-label': words.getFixedT(null, 'parts')('close') };
}

/** Tells, for a moment, that something was done. */
export function tellDone(message: string): void {
  notifications.show({ message, color: 'teal', autoClose: 4_000, closeButtonProps: closeButton() });
}

/** Tells of a problem that no form or page shows; it stays until it is closed. */
export function tellProblem(thrown: unknown): void {
  const { title, text } = describeProblem(thrown);
  notifications.show({
    title,
    message: text,
    color: 'red',
    autoClose: false,
    role: 'alert',
    closeButtonProps: closeButton(),
  });
}
