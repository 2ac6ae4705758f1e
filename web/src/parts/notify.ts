import { notifications } from '@mantine/notifications';
import { describeProblem } from './describe-problem.ts';

/** Tells, for a moment, that something was done. */
export function tellDone(message: string): void {
  notifications.show({ message, color: 'teal', autoClose: 4_000 });
}

/** Tells of a problem that no form or page shows; it stays until it is closed. */
export function tellProblem(thrown: unknown): void {
  const { title, text } = describeProblem(thrown);
  notifications.show({ title, message: text, color: 'red', autoClose: false, role: 'alert' });
}
