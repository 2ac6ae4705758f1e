import type { Russian } from '../../words/words.ts';

export const en = {} as const;

export const ru: Russian<typeof en> = {};
