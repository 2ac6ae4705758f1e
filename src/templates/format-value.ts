import { DateTime, IANAZone } from 'luxon';
import type { JsonValue } from '../base/index.ts';
import { numberOf, type RenderRun } from './render-run.ts';

/** Formatting costs about as much as a thousand characters copied. */
const FORMAT_WORK = 1_000;
/** Half a millisecond in most languages. */
const DATE_WORK = 10_000;
/** Locales come from profiles; more than these at once are only seen in attacks. */
const MAX_CACHED = 200;
const MAX_DATE_LENGTH = 40;
/** Unix times below are taken for seconds (the year 5138), above for milliseconds. */
const MAX_SECONDS = 100_000_000_000;

const locales = new Map<string, string | undefined>();
const numberFormats = new Map<string, Intl.NumberFormat>();

function remember<T>(cache: Map<string, T>, key: string, make: () => T): T {
  const known = cache.get(key);
  if (known !== undefined || cache.has(key)) return known ?? make();
  if (cache.size >= MAX_CACHED) cache.clear();
  const made = make();
  cache.set(key, made);
  return made;
}

/** The locale as Intl writes it, `ru_RU` included; undefined when there is none like that. */
export function localeOf(name: JsonValue | undefined): string | undefined {
  if (typeof name !== 'string' || name.length > 35) return undefined;
  return remember(locales, name, () => {
    try {
      const [locale] = Intl.getCanonicalLocales(name.replaceAll('_', '-'));
      return locale;
    } catch {
      return undefined;
    }
  });
}

/** An ISO or SQL date or a Unix time, by Luxon's letters. What is no date stays as it is. */
export function formatDate(run: RenderRun, input: JsonValue, args: readonly JsonValue[]): JsonValue {
  const [format, zoneName = run.scope.zone, locale = run.scope.locale] = args;
  const zone = typeof zoneName === 'string' && IANAZone.isValidZone(zoneName) ? zoneName : 'utc';
  run.charge(DATE_WORK);
  const date = run.isOver ? undefined : readDate(input, zone);
  if (date === undefined || !date.isValid) return input;
  return date.setLocale(localeOf(locale) ?? 'en').toFormat(String(format));
}

/** A text without offset is a time in that very zone: a birthday is the same day everywhere. */
function readDate(input: JsonValue, zone: string): DateTime | undefined {
  if (typeof input === 'number') {
    return DateTime.fromMillis(Math.abs(input) < MAX_SECONDS ? input * 1000 : input, { zone });
  }
  if (typeof input !== 'string' || input.length > MAX_DATE_LENGTH) return undefined;
  const iso = DateTime.fromISO(input, { zone });
  return iso.isValid ? iso : DateTime.fromSQL(input, { zone });
}

export function formatNumber(run: RenderRun, input: JsonValue, args: readonly JsonValue[]): JsonValue {
  const [digits, locale] = args;
  const options =
    typeof digits === 'number' ? { minimumFractionDigits: digits, maximumFractionDigits: digits } : {};
  return print(run, input, locale, `n${digits ?? ''}`, options);
}

export function formatCurrency(run: RenderRun, input: JsonValue, args: readonly JsonValue[]): JsonValue {
  const [currency, locale] = args;
  return print(run, input, locale, String(currency), { style: 'currency', currency: String(currency) });
}

/** What is no number stays as it is. */
function print(
  run: RenderRun,
  input: JsonValue,
  localeName: JsonValue | undefined,
  key: string,
  options: Intl.NumberFormatOptions,
): JsonValue {
  const number = numberOf(input);
  run.charge(FORMAT_WORK);
  if (number === undefined || run.isOver) return input;
  const locale = localeOf(localeName ?? run.scope.locale) ?? 'en';
  return remember(numberFormats, `${locale} ${key}`, () => new Intl.NumberFormat(locale, options)).format(
    number,
  );
}
