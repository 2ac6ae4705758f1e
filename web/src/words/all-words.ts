import * as filter from '../filter/words.ts';
import * as account from '../pages/account/words.ts';
import * as audit from '../pages/audit/words.ts';
import * as databases from '../pages/databases/words.ts';
import * as home from '../pages/home/words.ts';
import * as hooks from '../pages/hooks/words.ts';
import * as hosts from '../pages/hosts/words.ts';
import * as newImport from '../pages/import/words.ts';
import * as messages from '../pages/messages/words.ts';
import * as profiles from '../pages/profiles/words.ts';
import * as resources from '../pages/resources/words.ts';
import * as segments from '../pages/segments/words.ts';
import * as senders from '../pages/senders/words.ts';
import * as settings from '../pages/settings/words.ts';
import * as suppression from '../pages/suppression/words.ts';
import * as tasks from '../pages/tasks/words.ts';
import * as templates from '../pages/templates/words.ts';
import * as tokens from '../pages/tokens/words.ts';
import * as users from '../pages/users/words.ts';
import * as workflowEditor from '../pages/workflow-editor/words.ts';
import * as workflows from '../pages/workflows/words.ts';
import * as parts from '../parts/words.ts';
import * as shell from '../shell/words.ts';

/** Every area's words by its name, which is the namespace for `useTranslation`. */
export const english = {
  home: home.en,
  tasks: tasks.en,
  newImport: newImport.en,
  workflows: workflows.en,
  workflowEditor: workflowEditor.en,
  profiles: profiles.en,
  segments: segments.en,
  templates: templates.en,
  messages: messages.en,
  hooks: hooks.en,
  senders: senders.en,
  databases: databases.en,
  resources: resources.en,
  suppression: suppression.en,
  hosts: hosts.en,
  tokens: tokens.en,
  users: users.en,
  settings: settings.en,
  audit: audit.en,
  account: account.en,
  filter: filter.en,
  parts: parts.en,
  shell: shell.en,
};

export const russian = {
  home: home.ru,
  tasks: tasks.ru,
  newImport: newImport.ru,
  workflows: workflows.ru,
  workflowEditor: workflowEditor.ru,
  profiles: profiles.ru,
  segments: segments.ru,
  templates: templates.ru,
  messages: messages.ru,
  hooks: hooks.ru,
  senders: senders.ru,
  databases: databases.ru,
  resources: resources.ru,
  suppression: suppression.ru,
  hosts: hosts.ru,
  tokens: tokens.ru,
  users: users.ru,
  settings: settings.ru,
  audit: audit.ru,
  account: account.ru,
  filter: filter.ru,
  parts: parts.ru,
  shell: shell.ru,
};
