export interface City {
  readonly name: string;
  readonly country: string;
  readonly zone: string;
}

/** Where customers with Russian names live. The first ones stand more than once: they are larger. */
export const russianCities: readonly [City, ...City[]] = [
  { name: 'Москва', country: 'Россия', zone: 'Europe/Moscow' },
  { name: 'Москва', country: 'Россия', zone: 'Europe/Moscow' },
  { name: 'Москва', country: 'Россия', zone: 'Europe/Moscow' },
  { name: 'Москва', country: 'Россия', zone: 'Europe/Moscow' },
  { name: 'Санкт-Петербург', country: 'Россия', zone: 'Europe/Moscow' },
  { name: 'Санкт-Петербург', country: 'Россия', zone: 'Europe/Moscow' },
  { name: 'Казань', country: 'Россия', zone: 'Europe/Moscow' },
  { name: 'Нижний Новгород', country: 'Россия', zone: 'Europe/Moscow' },
  { name: 'Самара', country: 'Россия', zone: 'Europe/Samara' },
  { name: 'Уфа', country: 'Россия', zone: 'Asia/Yekaterinburg' },
  { name: 'Екатеринбург', country: 'Россия', zone: 'Asia/Yekaterinburg' },
  { name: 'Омск', country: 'Россия', zone: 'Asia/Omsk' },
  { name: 'Новосибирск', country: 'Россия', zone: 'Asia/Novosibirsk' },
  { name: 'Иркутск', country: 'Россия', zone: 'Asia/Irkutsk' },
  { name: 'Владивосток', country: 'Россия', zone: 'Asia/Vladivostok' },
  { name: 'Алматы', country: 'Казахстан', zone: 'Asia/Almaty' },
];

export interface EnglishCity extends City {
  /** `UK`, or the American area code. Both have numbers that are kept free for fiction. */
  readonly dial: string;
}

export const englishCities: readonly [EnglishCity, ...EnglishCity[]] = [
  { name: 'London', country: 'United Kingdom', zone: 'Europe/London', dial: 'UK' },
  { name: 'London', country: 'United Kingdom', zone: 'Europe/London', dial: 'UK' },
  { name: 'London', country: 'United Kingdom', zone: 'Europe/London', dial: 'UK' },
  { name: 'Manchester', country: 'United Kingdom', zone: 'Europe/London', dial: 'UK' },
  { name: 'Bristol', country: 'United Kingdom', zone: 'Europe/London', dial: 'UK' },
  { name: 'Edinburgh', country: 'United Kingdom', zone: 'Europe/London', dial: 'UK' },
  { name: 'New York', country: 'United States', zone: 'America/New_York', dial: '212' },
  { name: 'New York', country: 'United States', zone: 'America/New_York', dial: '646' },
  { name: 'Boston', country: 'United States', zone: 'America/New_York', dial: '617' },
  { name: 'Chicago', country: 'United States', zone: 'America/Chicago', dial: '312' },
  { name: 'Denver', country: 'United States', zone: 'America/Denver', dial: '303' },
  { name: 'Seattle', country: 'United States', zone: 'America/Los_Angeles', dial: '206' },
];

/** The cities whose customers the demo's workflow greets through the shop's own endpoint. */
export const bigCities: readonly string[] = ['Москва', 'Санкт-Петербург', 'London', 'New York'];
