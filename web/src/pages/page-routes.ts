import type { RouteObject } from 'react-router';
import { routes as account } from './account/routes.ts';
import { routes as audit } from './audit/routes.ts';
import { routes as databases } from './databases/routes.ts';
import { routes as home } from './home/routes.ts';
import { routes as hooks } from './hooks/routes.ts';
import { routes as hosts } from './hosts/routes.ts';
import { routes as newImport } from './import/routes.ts';
import { routes as messages } from './messages/routes.ts';
import { routes as profiles } from './profiles/routes.ts';
import { routes as resources } from './resources/routes.ts';
import { routes as segments } from './segments/routes.ts';
import { routes as senders } from './senders/routes.ts';
import { routes as settings } from './settings/routes.ts';
import { routes as suppression } from './suppression/routes.ts';
import { routes as tasks } from './tasks/routes.ts';
import { routes as templates } from './templates/routes.ts';
import { routes as tokens } from './tokens/routes.ts';
import { routes as users } from './users/routes.ts';
import { routes as workflowEditor } from './workflow-editor/routes.ts';
import { routes as workflows } from './workflows/routes.ts';

/** The pages of every area, below the shell. */
export const pageRoutes: RouteObject[] = [
  ...home,
  ...tasks,
  ...newImport,
  ...workflows,
  ...workflowEditor,
  ...profiles,
  ...segments,
  ...templates,
  ...messages,
  ...hooks,
  ...senders,
  ...databases,
  ...resources,
  ...suppression,
  ...hosts,
  ...tokens,
  ...users,
  ...settings,
  ...audit,
  ...account,
];
