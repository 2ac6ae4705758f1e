import { createHash } from 'node:crypto';
import type { JsonObject } from '../../base/index.ts';
import { matchingModes } from '../../importer/index.ts';
import { CliError } from '../cli-error.ts';
import type { Options } from '../options.ts';
import { inputFormats } from './input-row.ts';
import type { InputSettings } from './open-rows.ts';

/** What decides which requests an import sends. */
export interface ImportSettings {
  readonly input: InputSettings;
  /** The keys of a request that stand around `data`. */
  readonly envelope: JsonObject;
  /** Items in a request. */
  readonly batch: number;
  /** Requests at once. */
  readonly parallel: number;
}

const MAX_PARALLEL = 16;

function readEnvelope(options: Options): JsonObject {
  const matching = options.choice('matching', matchingModes) ?? 'email';
  const fieldName = options.text('field-name');
  if (matching.startsWith('custom') && fieldName === undefined) {
    throw new CliError(`--field-name is missing: --matching ${matching} looks for profiles by that field`);
  }
  const resourceId = options.count('resource');
  const [content, customData] = [options.object('content'), options.object('custom-data')];
  return {
    workflow_id: options.requiredCount('workflow'),
    matching,
    ...(fieldName === undefined ? {} : { field_name: fieldName }),
    ...(resourceId === undefined ? {} : { resource_id: resourceId }),
    ...(content === undefined ? {} : { content }),
    ...(customData === undefined ? {} : { custom_data: customData }),
    ...(options.flag('skip-triggers') ? { skip_triggers: true } : {}),
    ...(options.flag('skip-invalid-subscriptions') ? { skip_invalid_subscriptions: true } : {}),
    ...(options.flag('detect-geo') ? { detect_geo: true } : {}),
  };
}

function readDelimiter(options: Options): string | undefined {
  const text = options.text('delimiter');
  if (text === 'tab' || text === '\\t') return '\t';
  if (text !== undefined && text.length !== 1)
    throw new CliError('--delimiter: expected one character, or tab');
  return text;
}

/** @throws {CliError} for options that do not fit. */
export function readImportSettings(options: Options): ImportSettings {
  const parallel = options.count('parallel') ?? 2;
  if (parallel > MAX_PARALLEL) throw new CliError(`--parallel: expected at most ${MAX_PARALLEL}`);
  return {
    input: {
      format: options.choice('format', inputFormats),
      encoding: options.text('encoding') ?? 'utf-8',
      delimiter: readDelimiter(options),
      maps: options.words('map'),
      skipped: options.words('skip'),
    },
    envelope: readEnvelope(options),
    batch: options.count('batch') ?? 5_000,
    parallel,
  };
}

/** A text that is the same for the same requests to the same server. */
export function fingerprintOf({ input, envelope, batch }: ImportSettings, url: string): string {
  const text = JSON.stringify([url, input, envelope, batch]);
  return createHash('sha256').update(text).digest('hex');
}

/** Names a token in a file that must not hold it. */
export function senderOf(token: string): string {
  return createHash('sha256').update(`muster-journal:${token}`).digest('hex').slice(0, 16);
}
