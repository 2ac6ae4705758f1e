import { textFault } from '../base/index.ts';

/** Of a file whose sender says nothing of its type. It is not guessed: a wrong one harms more than none. */
export const DEFAULT_MIMETYPE = 'application/octet-stream';

const MAX_NAME_LENGTH = 255;
const MAX_MIMETYPE_LENGTH = 255;

const WORD = "[-!#$%&'*+.^_`|~0-9A-Za-z]+";
const MIMETYPE = new RegExp(`^${WORD}/${WORD}(?:; ?${WORD}=(?:${WORD}|"[ !#-\\[\\]-~]*"))*$`);

/**
 * Why a text cannot be the name of a file, or undefined when it can. A name is shown to people and stands in a mail's
 * header: no parts of a path, no line breaks or other control characters.
 */
export function fileNameFault(name: string): string | undefined {
  if (name.trim() === '') return 'expected a file name, found nothing';
  if (name.length > MAX_NAME_LENGTH) return `longer than ${MAX_NAME_LENGTH} characters`;
  if (/[/\\]/.test(name) || name === '.' || name === '..') return 'expected a file name without a path';
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(name)) {
    return 'holds a line break or another control character';
  }
  return textFault(name);
}

/** Why a text cannot be a media type such as `text/csv` or `text/csv; charset=utf-8`, or undefined when it can. */
export function mimetypeFault(mimetype: string): string | undefined {
  if (mimetype.length <= MAX_MIMETYPE_LENGTH && MIMETYPE.test(mimetype)) return undefined;
  return 'expected a media type such as text/csv';
}
