import { type Root, roots } from './template-tree.ts';

/** What a template reads of its scope, so that callers load no more than that. */
export interface TemplateUses {
  readonly roots: ReadonlySet<Root>;
  /** Whether it asks for a field of a subscription by channel, and so needs all of them. */
  readonly subscriptions: boolean;
  readonly unsubscribe: boolean;
  readonly globalUnsubscribe: boolean;
  readonly now: boolean;
}

/** Filled while parsing. Filters may ask for locale and zone, so a template with one is not taken for fixed. */
export type UsesDraft = Record<
  Root | 'subscriptions' | 'unsubscribe' | 'globalunsubscribe' | 'now' | 'filters',
  boolean
>;

export function emptyUses(): UsesDraft {
  return {
    lead: false,
    subscription: false,
    apicontent: false,
    message: false,
    subscriptions: false,
    unsubscribe: false,
    globalunsubscribe: false,
    now: false,
    filters: false,
  };
}

export function usesFrom(draft: UsesDraft): TemplateUses {
  return Object.freeze({
    roots: new Set(roots.filter((root) => draft[root])),
    subscriptions: draft.subscriptions,
    unsubscribe: draft.unsubscribe,
    globalUnsubscribe: draft.globalunsubscribe,
    now: draft.now,
  });
}
