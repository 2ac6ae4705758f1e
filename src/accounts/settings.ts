import type { Db } from '../db/index.ts';
import { readSettings } from './sql/read-settings.ts';
import { type Language, languages } from './sql/select-users.ts';
import { writeSettings } from './sql/write-settings.ts';

/** What owners set for everybody; what an operator sets for a process stands in its environment. */
export interface Settings {
  /** What this installation is called, beside others of the same people. */
  readonly name: string | null;
  /** Shown on every page, such as when it will be down. */
  readonly notice: string | null;
  /** For whom has chosen none; null = as the browser asks. */
  readonly language: Language | null;
}

export async function findSettings(db: Db): Promise<Settings> {
  const stored = await readSettings(db);
  const text = (key: keyof Settings): string | null => {
    const value = stored.get(key);
    return typeof value === 'string' ? value : null;
  };
  const language = text('language');
  return {
    name: text('name'),
    notice: text('notice'),
    language: languages.find((known) => known === language) ?? null,
  };
}

/** Changes those that are named. */
export async function changeSettings(db: Db, change: Partial<Settings>, now: Date): Promise<Settings> {
  await writeSettings(db, change, now);
  return findSettings(db);
}
