import type { JsonValue } from '../../base/index.ts';

export type Language = 'en' | 'ru';

export interface PageTexts {
  readonly title: string;
  /** What is asked; the address and the list are put in for `{address}` and `{list}`. */
  readonly askList: string;
  readonly askAll: string;
  readonly confirmList: string;
  readonly confirmAll: string;
  readonly everything: string;
  readonly doneTitle: string;
  readonly doneList: string;
  readonly doneAll: string;
  readonly unknownTitle: string;
  readonly unknownLink: string;
  readonly failedTitle: string;
  readonly failed: string;
  readonly yourAddress: string;
}

export const pageTexts: Readonly<Record<Language, PageTexts>> = {
  en: {
    title: 'Unsubscribe',
    askList: 'Shall {address} get no more messages of “{list}”?',
    askAll: 'Shall {address} get no more messages from us at all?',
    confirmList: 'Unsubscribe',
    confirmAll: 'Unsubscribe from everything',
    everything: 'Unsubscribe from everything instead',
    doneTitle: 'You are unsubscribed',
    doneList: '{address} gets no more messages of “{list}”. Messages that are on their way may still arrive.',
    doneAll: '{address} gets no more messages from us. Messages that are on their way may still arrive.',
    unknownTitle: 'This link does not work',
    unknownLink: 'The address is not complete, or the message that it belongs to is not kept any more.',
    failedTitle: 'That did not work',
    failed: 'You are not unsubscribed yet. Please try again in a moment.',
    yourAddress: 'your address',
  },
  ru: {
    title: 'Отписка',
    askList: 'Больше не присылать на {address} сообщения «{list}»?',
    askAll: 'Больше не присылать на {address} никаких сообщений?',
    confirmList: 'Отписаться',
    confirmAll: 'Отписаться от всего',
    everything: 'Отписаться сразу от всего',
    doneTitle: 'Вы отписаны',
    doneList: 'Сообщения «{list}» больше не будут приходить на {address}. Уже отправленные ещё могут прийти.',
    doneAll: 'Сообщения больше не будут приходить на {address}. Уже отправленные ещё могут прийти.',
    unknownTitle: 'Ссылка не работает',
    unknownLink: 'Адрес ссылки неполный, или сообщение, из которого она взята, уже не хранится.',
    failedTitle: 'Не получилось',
    failed: 'Вы пока не отписаны. Попробуйте ещё раз чуть позже.',
    yourAddress: 'ваш адрес',
  },
};

function languageIn(text: string): Language | undefined {
  const [, code] = /^\s*(en|ru)\b/i.exec(text) ?? [];
  return code === undefined ? undefined : code.toLowerCase() === 'ru' ? 'ru' : 'en';
}

/** The most wanted of the languages that there are, as `Accept-Language` weighs them. */
function acceptedLanguage(header: string): Language | undefined {
  const wanted = header
    .slice(0, 500)
    .split(',')
    .flatMap((part) => {
      const language = languageIn(part);
      const weight = Number(/;\s*q=([\d.]+)/.exec(part)?.[1] ?? 1);
      return language === undefined || !(weight > 0) ? [] : [{ language, weight }];
    });
  return wanted.toSorted((left, right) => right.weight - left.weight)[0]?.language;
}

/** The language of the profile, where it says one, else of the browser, else English. */
export function chooseLanguage(profile: JsonValue, acceptLanguage: string | undefined): Language {
  const own = typeof profile === 'string' ? languageIn(profile) : undefined;
  return own ?? acceptedLanguage(acceptLanguage ?? '') ?? 'en';
}
