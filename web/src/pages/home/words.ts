import type { Russian } from '../../words/words.ts';

export const en = { title: 'Home' } as const;

export const ru: Russian<typeof en> = { title: 'Обзор' };
