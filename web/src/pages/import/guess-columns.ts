import { type ColumnMapping, type DateOrder, IGNORED, standardTypes } from './mapping.ts';
import { type Cell, isEmptyCell, printCell } from './table.ts';

/** How columns for standard fields are called in files, in small letters without blanks and signs. */
const names: Readonly<Record<string, readonly string[]>> = {
  email: [
    'email',
    'mail',
    'emailaddress',
    'эмейл',
    'имейл',
    'почта',
    'электроннаяпочта',
    'адресэлектроннойпочты',
  ],
  phones: [
    'phone',
    'phones',
    'phonenumber',
    'mobile',
    'mobilephone',
    'tel',
    'telephone',
    'cell',
    'телефон',
    'телефоны',
    'номертелефона',
    'мобильный',
    'мобильныйтелефон',
    'сотовый',
  ],
  _fname: ['firstname', 'fname', 'givenname', 'name', 'имя'],
  _lname: ['lastname', 'lname', 'surname', 'familyname', 'фамилия'],
  _bdate: ['birthday', 'birthdate', 'dateofbirth', 'bdate', 'dob', 'деньрождения', 'датарождения', 'др'],
  _sex: ['sex', 'gender', 'пол'],
  _city: ['city', 'town', 'город'],
  _country: ['country', 'страна'],
  _region: ['region', 'state', 'регион', 'область'],
  _postal_code: ['zip', 'zipcode', 'postcode', 'postalcode', 'индекс', 'почтовыйиндекс'],
  _tz: ['timezone', 'tz', 'часовойпояс'],
  _ip: ['ip', 'ipaddress'],
  _regdate: ['registered', 'registeredat', 'registrationdate', 'createdat', 'signupdate', 'датарегистрации'],
  _vendor: ['vendor', 'source', 'источник'],
};

function simplify(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

const bySynonym = new Map(
  Object.entries(names).flatMap(([field, words]) => words.map((word) => [word, field] as const)),
);

/** Of the texts that are there, whether most look so. */
function mostly(texts: readonly string[], pattern: RegExp): boolean {
  if (texts.length === 0) return false;
  return texts.filter((text) => pattern.test(text)).length >= texts.length * 0.8;
}

const EMAIL = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;
const PHONE = /^\+?\d[\d\s().-]{8,17}$/;

function guessByValues(texts: readonly string[]): string | undefined {
  if (mostly(texts, EMAIL)) return 'email';
  const digits = texts.map((text) => text.replaceAll(/\D/g, ''));
  const hasLength = digits.every((text) => text.length >= 10 && text.length <= 15);
  return hasLength && mostly(texts, PHONE) ? 'phones' : undefined;
}

/** In which order the parts of dates stand: the year first, else the day, unless a second part cannot be a month. */
export function guessDateOrder(texts: readonly string[]): DateOrder {
  for (const text of texts) {
    const parts = text.split(/[\s./T-]+/);
    if (/^\d{4}$/.test(parts[0] ?? '')) return 'ymd';
    if (Number(parts[0]) > 12) return 'dmy';
    if (Number(parts[1]) > 12) return 'mdy';
  }
  return texts.some((text) => text.includes('/')) && !texts.some((text) => text.includes('.'))
    ? 'mdy'
    : 'dmy';
}

/**
 * What each column could be, by its name, else by its values; a field is taken once.
 * @param custom the names of the database's own fields.
 */
export function guessColumns(
  columns: readonly string[],
  sample: readonly (readonly Cell[])[],
  custom: readonly string[],
): ColumnMapping[] {
  const taken = new Set<string>();
  const own = new Map([...custom, ...Object.keys(standardTypes)].map((name) => [simplify(name), name]));
  const claim = (field: string | undefined): string | undefined => {
    if (field === undefined || taken.has(field)) return undefined;
    taken.add(field);
    return field;
  };
  const textsOf = (index: number) =>
    sample.flatMap((row) => (isEmptyCell(row[index]) ? [] : [printCell(row[index]).trim()]));
  // Names are surer than values, so every column is first looked at by its name.
  const named = columns.map((name) => claim(own.get(simplify(name)) ?? bySynonym.get(simplify(name))));
  return columns.map((_, index) => {
    const field = named[index] ?? claim(guessByValues(textsOf(index)));
    if (field === undefined) return IGNORED;
    return { target: { kind: 'field', field }, dates: guessDateOrder(textsOf(index)) };
  });
}

/** Of which type a new field for these values would be. */
export function guessType(
  values: readonly Cell[],
): 'int' | 'float' | 'bool' | 'date' | 'datetime' | 'string' {
  const texts = values.filter((value) => !isEmptyCell(value)).map((value) => printCell(value).trim());
  if (texts.length === 0) return 'string';
  const every = (pattern: RegExp) => texts.every((text) => pattern.test(text));
  if (every(/^(true|false|yes|no|да|нет)$/i)) return 'bool';
  // Numbers with a leading zero are codes.
  if (every(/^-?(0|[1-9]\d{0,14})$/)) return 'int';
  if (every(/^-?\d{1,15}([.,]\d+)?$/) && !texts.some((text) => /^0\d/.test(text))) return 'float';
  if (every(/^(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{4})$/)) return 'date';
  if (every(/^(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{4})[ T]\d{1,2}:\d{2}/)) return 'datetime';
  return 'string';
}
