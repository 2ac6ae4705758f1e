import { createInstance, type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { english, russian } from './all-words.ts';

export const languages = ['en', 'ru'] as const;
export type Language = (typeof languages)[number];

/** In their own words, as people look for them. */
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', ru: 'Русский' };

const KEPT_UNDER = 'muster-language';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'parts';
    resources: typeof english;
  }
}

export function toLanguage(text: string | null | undefined): Language | undefined {
  return languages.find((one) => text === one || text?.startsWith(`${one}-`));
}

/** What was chosen in this browser, else what the browser asks for. */
function firstLanguage(): Language {
  const asked = [window.localStorage.getItem(KEPT_UNDER), ...navigator.languages];
  return asked.map(toLanguage).find((one) => one !== undefined) ?? 'en';
}

function createWords(): i18n {
  const words = createInstance();
  words.on('languageChanged', (language) => {
    document.documentElement.lang = language;
  });
  void words.use(initReactI18next).init({
    lng: firstLanguage(),
    fallbackLng: 'en',
    defaultNS: 'parts',
    resources: { en: english, ru: russian },
    // React escapes what it shows.
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  return words;
}

export const words = createWords();

/** The language in use. */
export function currentLanguage(): Language {
  return toLanguage(words.resolvedLanguage) ?? 'en';
}

/** The language in use with the habits of the reader's region, as far as the browser tells them: en-GB rather than en. */
export function currentLocale(): string {
  const language = currentLanguage();
  return navigator.languages.find((one) => toLanguage(one) === language) ?? language;
}

/** Speaks that language from now on, in this browser. */
export function speak(language: Language): void {
  window.localStorage.setItem(KEPT_UNDER, language);
  void words.changeLanguage(language);
}

/** Speaks that language where none was chosen in this browser. */
export function suggestLanguage(language: Language): void {
  if (window.localStorage.getItem(KEPT_UNDER) === null) void words.changeLanguage(language);
}
