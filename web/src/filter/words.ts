import type { Russian } from '../words/words.ts';

export const en = {
  label: 'Filter',
  help: 'As in MongoDB: {"_city": "Berlin", "_bdate": {"$gte": "1990-01-01"}}',
} as const;

export const ru: Russian<typeof en> = {
  label: 'Фильтр',
  help: 'Как в MongoDB: {"_city": "Москва", "_bdate": {"$gte": "1990-01-01"}}',
};
