import { useTranslation } from 'react-i18next';
import { currentLocale } from '../words/languages.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const steps: readonly [seconds: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [DAY, 'day'],
  [HOUR, 'hour'],
  [MINUTE, 'minute'],
  [1, 'second'],
];
/** What is longer ago is told by its date. */
const RELATIVE_LIMIT = 7 * DAY;

/** Figures and times as the reader's language writes them. Times are ISO 8601 texts, shown in the zone of the browser. */
export function useFormat() {
  const { t } = useTranslation('parts');
  const locale = currentLocale();
  const number = (value: number, digits = 0): string =>
    new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
  const moment = (time: string): string =>
    new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(time));
  return {
    number,
    /** `share` from 0 to 1. */
    percent: (share: number): string =>
      new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(share),
    moment,
    date: (time: string): string =>
      new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(new Date(time)),
    bytes: (bytes: number): string => {
      const [value, unit] = bytes < 1_000_000 ? [bytes / 1000, 'kilobyte'] : [bytes / 1_000_000, 'megabyte'];
      return new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: 1 }).format(value);
    },
    /** As `5 minutes ago` or `in 2 hours`; of more than a week the date. */
    ago: (time: string, now = Date.now()): string => {
      const seconds = Math.round((new Date(time).getTime() - now) / 1000);
      const length = Math.abs(seconds);
      if (length > RELATIVE_LIMIT) return moment(time);
      const [size, unit] = steps.find(([least]) => length >= least) ?? [1, 'second'];
      return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(
        Math.trunc(seconds / size),
        unit,
      );
    },
    /** As `3 min`, of the largest fitting unit. */
    duration: (seconds: number): string => {
      if (seconds < 2 * MINUTE) return t('duration.seconds', { count: Math.round(seconds) });
      if (seconds < 2 * HOUR) return t('duration.minutes', { count: Math.round(seconds / MINUTE) });
      if (seconds < 2 * DAY) return t('duration.hours', { count: Math.round(seconds / HOUR) });
      return t('duration.days', { count: Math.round(seconds / DAY) });
    },
  };
}
