import { useTranslation } from 'react-i18next';
import { en } from './words.ts';

function isKnown<T extends object>(words: T, key: string): key is Extract<keyof T, string> {
  return Object.hasOwn(words, key);
}

/** Names of types, ways out and settings in the reader's language; what this version does not know stays as it is. */
export function useNodeWords() {
  const { t } = useTranslation('workflowEditor');
  return {
    typeName: (type: string): string => (isKnown(en.types, type) ? t(`types.${type}`) : type),
    outcomeName: (outcome: string): string => {
      const [, number] = /^branch (\d+)$/.exec(outcome) ?? [];
      if (number !== undefined) return t('outcomes.branch', { number });
      return isKnown(en.outcomes, outcome) && outcome !== 'branch' ? t(`outcomes.${outcome}`) : outcome;
    },
    keyName: (key: string): string => (isKnown(en.keys, key) ? t(`keys.${key}`) : key),
  };
}
