import { toProblem } from '../api/problem.ts';

interface FaultTaker {
  readonly setFieldError: (path: string, message: string) => void;
}

/** Puts what the server finds wrong at the fields of the form that its paths name. */
export function takeProblem(form: FaultTaker, thrown: unknown): void {
  for (const { path, message } of toProblem(thrown).faults) form.setFieldError(path, message);
}
