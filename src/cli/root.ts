import type { CommandGroup } from './command.ts';
import { doctor } from './commands/doctor.ts';
import { explain } from './commands/explain.ts';
import { importCommand } from './commands/import.ts';
import { migrate } from './commands/migrate.ts';
import { profilesErase } from './commands/profiles/erase.ts';
import { profilesExport } from './commands/profiles/export.ts';
import { profilesGet } from './commands/profiles/get.ts';
import { profilesSearch } from './commands/profiles/search.ts';
import { serve } from './commands/serve.ts';
import { start } from './commands/start.ts';
import { tasksCancel } from './commands/tasks/cancel.ts';
import { tasksList } from './commands/tasks/list.ts';
import { tasksReport } from './commands/tasks/report.ts';
import { tasksRetry } from './commands/tasks/retry.ts';
import { tasksWatch } from './commands/tasks/watch.ts';
import { tokensCreate } from './commands/tokens/create.ts';
import { tokensList } from './commands/tokens/list.ts';
import { tokensRevoke } from './commands/tokens/revoke.ts';
import { workflowsActivate, workflowsDeactivate, workflowsPublish } from './commands/workflows/actions.ts';
import { workflowsExport } from './commands/workflows/export.ts';
import { workflowsImport } from './commands/workflows/import.ts';
import { workflowsList } from './commands/workflows/list.ts';

/** Every command. */
export const root: CommandGroup = {
  description: 'Commands for the people who run Muster',
  commands: {
    serve,
    migrate,
    doctor,
    import: importCommand,
    start,
    tasks: {
      description: 'What was imported, and how far it has come',
      commands: {
        list: tasksList,
        watch: tasksWatch,
        cancel: tasksCancel,
        retry: tasksRetry,
        report: tasksReport,
      },
    },
    workflows: {
      description: 'Workflows: list, move between servers, publish, switch',
      commands: {
        list: workflowsList,
        export: workflowsExport,
        import: workflowsImport,
        publish: workflowsPublish,
        activate: workflowsActivate,
        deactivate: workflowsDeactivate,
      },
    },
    profiles: {
      description: 'Profiles: find, show, export, erase',
      commands: {
        get: profilesGet,
        search: profilesSearch,
        export: profilesExport,
        erase: profilesErase,
      },
    },
    tokens: {
      description: 'Tokens of the API',
      commands: { create: tokensCreate, list: tokensList, revoke: tokensRevoke },
    },
    explain,
  },
};
