import {
  failure,
  isJsonObject,
  isUuid,
  type JsonObject,
  type JsonValue,
  type Outcome,
  ownValue,
  success,
} from '../base/index.ts';
import { DataDecoder } from './data-decoder.ts';
import { DEFAULT_MIMETYPE, fileNameFault, mimetypeFault } from './file-faults.ts';

/** More than one message reasonably holds. */
const MAX_ATTACHMENTS = 50;
/** Of all inline contents of one list, decoded. Mail servers take little more in one message. */
const MAX_INLINE_BYTES = 26_214_400;

/** One element of `attach`: a content of its own, or a file that was uploaded before. */
export type Attachment =
  | {
      readonly kind: 'inline';
      readonly name: string;
      readonly mimetype: string;
      readonly bytes: Buffer;
    }
  | {
      readonly kind: 'file';
      readonly fileId: string;
      /** null = as it was uploaded; so for the type. */
      readonly name: string | null;
      readonly mimetype: string | null;
    };

/** A text that is there: absent, null and empty are the same, as clients fill all keys of the object. */
function readText(object: JsonObject, key: string): Outcome<string | null, string> {
  const value = ownValue(object, key);
  if (value === undefined || value === null || value === '') return success(null);
  return typeof value === 'string' ? success(value) : failure(`.${key}: expected a string`);
}

/** Faults begin with the key inside the element. */
function parseAttachment(value: JsonValue): Outcome<Attachment, string> {
  if (!isJsonObject(value)) return failure(': expected an object {name, file_key, data, mimetype}');
  const name = readText(value, 'name');
  if (!name.ok) return name;
  const mimetype = readText(value, 'mimetype');
  if (!mimetype.ok) return mimetype;
  // `flie_key` is how the platform's page spells it.
  const spelled = readText(value, 'file_key');
  const key = spelled.ok && spelled.value === null ? readText(value, 'flie_key') : spelled;
  if (!key.ok) return key;
  const data = readText(value, 'data');
  if (!data.ok) return data;
  const nameFault = name.value === null ? undefined : fileNameFault(name.value);
  if (nameFault !== undefined) return failure(`.name: ${nameFault}`);
  const typeFault = mimetype.value === null ? undefined : mimetypeFault(mimetype.value);
  if (typeFault !== undefined) return failure(`.mimetype: ${typeFault}`);
  if (key.value !== null) {
    if (data.value !== null) return failure(': expected file_key or data, found both');
    if (!isUuid(key.value)) return failure('.file_key: expected the id that file_upload has answered with');
    return success({
      kind: 'file',
      fileId: key.value.toLowerCase(),
      name: name.value,
      mimetype: mimetype.value,
    });
  }
  if (data.value === null) return failure(': expected file_key or data, found neither');
  if (name.value === null) return failure('.name: expected a file name, found nothing');
  const decoder = new DataDecoder();
  const body = decoder.push(data.value);
  if (!body.ok) return failure(`.data: ${body.error}`);
  const end = decoder.end();
  if (!end.ok) return failure(`.data: ${end.error}`);
  return success({
    kind: 'inline',
    name: name.value,
    mimetype: mimetype.value ?? decoder.mimetype ?? DEFAULT_MIMETYPE,
    bytes: end.value.length === 0 ? body.value : Buffer.concat([body.value, end.value]),
  });
}

/**
 * Reads `attach`: a list of `{name, file_key | flie_key, data, mimetype}`, where `data` is base64 or a data URI. Absent
 * and null are no attachments. Whether a file key exists is found out by `storeAttachments`.
 * @returns the attachments in their order, or the first fault, which begins with its path, such as `attach[2].data: …`.
 */
export function parseAttach(
  value: JsonValue | undefined,
  path: string,
): Outcome<readonly Attachment[], string> {
  if (value === undefined || value === null) return success([]);
  if (!Array.isArray(value)) return failure(`${path}: expected a list of objects`);
  if (value.length > MAX_ATTACHMENTS) return failure(`${path}: more than ${MAX_ATTACHMENTS} attachments`);
  const attachments: Attachment[] = [];
  let inlineBytes = 0;
  for (const [index, element] of value.entries()) {
    const parsed = parseAttachment(element);
    if (!parsed.ok) return failure(`${path}[${index}]${parsed.error}`);
    if (parsed.value.kind === 'inline') inlineBytes += parsed.value.bytes.length;
    if (inlineBytes > MAX_INLINE_BYTES) {
      return failure(`${path}: more than ${MAX_INLINE_BYTES} bytes together; upload large files first`);
    }
    attachments.push(parsed.value);
  }
  return success(attachments);
}
