import { readFile } from 'node:fs/promises';
import { type CityResponse, Reader } from 'mmdb-lib';
import { toError } from '../base/index.ts';
import { type Place, readPlace } from './place.ts';

/** A city database that cannot be used. The message says which file, why, and what to do; it is for the operator. */
export class GeoFileError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'GeoFileError';
  }
}

/** Answers for addresses that `isIP` has approved: the reader takes any other text for some address. */
export interface CityFile {
  place(ip: string, kind: 'ipv4' | 'ipv6'): Place | undefined;
}

/** DB-IP writes districts behind the city, in its own files and in those that npm ships. */
const WITH_DISTRICTS = /^(DBIP|city ipv[46]$)/;

/** Decoded pieces that a file keeps, keys and names of cities for the most part; halves the time of a look-up. */
const MAX_CACHED = 20_000;

/** Networks that are looked at before a file is said to hold no places. Real ones begin within the first hundred. */
const MAX_PROBES = 10_000;

function createCityFile(reader: Reader<CityResponse>): CityFile {
  const { databaseType, ipVersion } = reader.metadata;
  const hasDistricts = WITH_DISTRICTS.test(databaseType);
  return {
    place(ip, kind) {
      // The reader would walk the tree of IPv4 with the first bits of the address and find somebody else.
      if (kind === 'ipv6' && ipVersion === 4) return undefined;
      try {
        return readPlace(reader.get(ip), hasDistricts);
      } catch {
        // A damaged record is one place that is not known; the batch that asks for it must not fail.
        return undefined;
      }
    },
  };
}

/** Whether any IPv4 network in it leads to a place. MMDB files also hold providers, VPNs and much else. */
function holdsPlaces(reader: Reader<CityResponse>): boolean {
  let start = 0;
  for (let probe = 0; probe < MAX_PROBES && start < 2 ** 32; probe++) {
    const bytes = [start >>> 24, (start >>> 16) & 255, (start >>> 8) & 255, start & 255];
    const [record, prefixLength] = reader.getWithPrefixLength(bytes.join('.'));
    if (readPlace(record, false) !== undefined) return true;
    const size = 2 ** (32 - prefixLength);
    start = (Math.floor(start / size) + 1) * size;
  }
  return false;
}

/** Fills up and stays so: what every record uses is met first. */
function createCache(): {
  get(key: string | number): unknown;
  set(key: string | number, value: unknown): void;
} {
  const cached = new Map<string | number, unknown>();
  return {
    get: (key) => cached.get(key),
    set(key, value) {
      if (cached.size < MAX_CACHED) cached.set(key, value);
    },
  };
}

function parseCityFile(path: string, bytes: Buffer): Reader<CityResponse> {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    throw new GeoFileError(`${path} is compressed; unpack it, so that the file is the .mmdb itself`);
  }
  try {
    return new Reader<CityResponse>(bytes, { cache: createCache() });
  } catch (cause) {
    throw new GeoFileError(`${path} is no MMDB file`, { cause });
  }
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new GeoFileError(`${path} cannot be read: ${toError(cause).message}`, { cause });
  }
}

/** Reads a file of the package into memory. @throws {GeoFileError} */
export async function loadCityFile(path: string): Promise<CityFile> {
  return createCityFile(parseCityFile(path, await readBytes(path)));
}

/** The same for a file that anybody may have made: also makes sure that it is about places. @throws {GeoFileError} */
export async function loadForeignCityFile(path: string): Promise<CityFile> {
  const reader = parseCityFile(path, await readBytes(path));
  let fits = false;
  try {
    fits = holdsPlaces(reader);
  } catch (cause) {
    throw new GeoFileError(`${path} is damaged`, { cause });
  }
  if (fits) return createCityFile(reader);
  throw new GeoFileError(
    `${path} holds no places of IPv4 addresses: it is of the type "${reader.metadata.databaseType}", and a city database is needed`,
  );
}
