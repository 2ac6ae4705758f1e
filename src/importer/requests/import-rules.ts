/**
 * What a method of the API does with its items: everything in which the methods that import differ, and those that are
 * about one profile which is there.
 */
export interface ImportRules {
  /** As the platform names it; kept with the task. */
  readonly method: string;
  /**
   * How profiles stand in `data`: `wrapped`, a list of `{data: {…}}`; `bare`, a list of profiles; `one`, the profile
   * itself; `none`, there is no data and the root alone says who is meant.
   */
  readonly items: 'wrapped' | 'bare' | 'one' | 'none';
  /** What is done where nobody is found: `add` does not even look. */
  readonly missing: 'create' | 'refuse' | 'add';
  /** Where the workflow stands that profiles are sent into; undefined = the request names a database in `db_id`. */
  readonly workflowKey: 'workflow_id' | 'id' | undefined;
}

function rulesOf(
  method: string,
  items: ImportRules['items'],
  missing: ImportRules['missing'],
  workflowKey?: 'workflow_id' | 'id',
): ImportRules {
  return { method, items, missing, workflowKey };
}

export const importRules = {
  importAndStartBatchTask: rulesOf(
    'workflows/import_and_start_batch_task',
    'wrapped',
    'create',
    'workflow_id',
  ),
  importAndStartBatch: rulesOf('workflows/import_and_start_batch', 'wrapped', 'create', 'workflow_id'),
  importAndStart: rulesOf('workflows/import_and_start', 'one', 'create', 'workflow_id'),
  start: rulesOf('workflows/start', 'none', 'refuse', 'id'),
  import: rulesOf('profiles/import', 'one', 'create'),
  update: rulesOf('profiles/update', 'one', 'refuse'),
  add: rulesOf('profiles/add', 'one', 'add'),
  importBatch: rulesOf('profiles/import_batch', 'bare', 'create'),
  updateBatch: rulesOf('profiles/update_batch', 'bare', 'refuse'),
  addBatch: rulesOf('profiles/add_batch', 'bare', 'add'),
  get: rulesOf('profiles/get', 'none', 'refuse'),
  delete: rulesOf('profiles/delete', 'none', 'refuse'),
  setSubscriptions: rulesOf('profiles/subscriptions/set', 'one', 'refuse'),
  listSubscriptions: rulesOf('profiles/subscriptions/list', 'none', 'refuse'),
  getSubscription: rulesOf('profiles/subscriptions/get', 'none', 'refuse'),
  deleteSubscription: rulesOf('profiles/subscriptions/delete', 'none', 'refuse'),
} as const;
