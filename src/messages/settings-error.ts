import { MusterError } from '../base/index.ts';

/** What is wrong with one key of a sender or template, by its path in the API. */
export interface SettingsFault {
  readonly path: string;
  readonly message: string;
  /** Where in the text of a template, both from 1. */
  readonly line?: number;
  readonly column?: number;
}

/** Keys of a sender or template that cannot be used, all of them at once. */
export class SettingsError extends MusterError {
  readonly faults: readonly SettingsFault[];

  constructor(faults: readonly SettingsFault[]) {
    const detail = faults.map(({ path, message }) => `${path}: ${message}`).join('\n');
    super(400, { detail, field: faults[0]?.path ?? '' });
    this.name = 'SettingsError';
    this.faults = faults;
  }
}
