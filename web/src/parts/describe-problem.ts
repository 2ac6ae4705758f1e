import { type ApiProblem, toProblem } from '../api/problem.ts';
import { words } from '../words/languages.ts';

/** A problem in the reader's language, with what the server says of it. */
export function describeProblem(thrown: unknown): { title: string; text: string; problem: ApiProblem } {
  const problem = toProblem(thrown);
  const { status, message, requestId, retryAfter } = problem;
  const t = words.getFixedT(null, 'parts', 'problem');
  if (status === 0) return { title: t('offline'), text: t('offlineHelp'), problem };
  if (status === 403) return { title: t('forbidden'), text: message, problem };
  if (status === 404) return { title: t('missing'), text: message, problem };
  if (status === 409) return { title: t('conflict'), text: message, problem };
  if (status === 429)
    return { title: t('busy'), text: t('busyHelp', { seconds: retryAfter ?? 60 }), problem };
  if (status >= 500) {
    return {
      title: t('internal'),
      text: requestId ? t('internalHelp', { id: requestId }) : message,
      problem,
    };
  }
  return { title: t('title'), text: message, problem };
}
