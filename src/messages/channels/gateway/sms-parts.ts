/** One septet each: GSM 03.38, without its escape. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Two septets each, an escape before them. */
const EXTENDED = new Set('\f^{}\\[~]|€');

/** Of one message, and of each part when there are several, whose header takes the rest. In septets and UTF-16 units. */
const LIMITS = { 'GSM-7': { single: 160, part: 153 }, 'UCS-2': { single: 70, part: 67 } } as const;

export interface SmsSize {
  readonly encoding: 'GSM-7' | 'UCS-2';
  /** Septets or UTF-16 units: what counts against the limit of a part. */
  readonly length: number;
  /** How many messages a provider makes of it, and bills. 0 for an empty text. */
  readonly parts: number;
}

/** Parts are filled with whole characters: an escaped one, or a surrogate pair, is never cut in two. */
function countParts(widths: readonly number[], single: number, part: number): number {
  const length = widths.reduce((sum, width) => sum + width, 0);
  if (length === 0) return 0;
  if (length <= single) return 1;
  let parts = 1;
  let filled = 0;
  for (const width of widths) {
    if (filled + width > part) {
      parts += 1;
      filled = 0;
    }
    filled += width;
  }
  return parts;
}

/** How a text goes out as SMS: one character outside GSM-7 makes all of it UCS-2. */
export function measureSms(text: string): SmsSize {
  const characters = [...text];
  const isGsm = characters.every((character) => BASIC.has(character) || EXTENDED.has(character));
  const encoding = isGsm ? 'GSM-7' : 'UCS-2';
  const widths = characters.map((character) =>
    isGsm ? (EXTENDED.has(character) ? 2 : 1) : character.length,
  );
  const { single, part } = LIMITS[encoding];
  const length = widths.reduce((sum, width) => sum + width, 0);
  return { encoding, length, parts: countParts(widths, single, part) };
}
