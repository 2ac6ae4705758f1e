import { IANAZone } from 'luxon';
import type { StoredProfile } from '../../profiles/index.ts';

/** Zones that were found valid; the others are asked about each time, so that no data fills the memory. */
const zones = new Map<string, IANAZone>();

/** The IANA zone of that name; undefined when there is none. */
export function findZone(name: string): IANAZone | undefined {
  const known = zones.get(name);
  if (known !== undefined) return known;
  if (!IANAZone.isValidZone(name)) return undefined;
  const zone = IANAZone.create(name);
  zones.set(name, zone);
  return zone;
}

/** The zone in which the profile lives: its `_tz`, else the one given. */
export function zoneOf(profile: StoredProfile | undefined, fallback: IANAZone): IANAZone {
  const name = profile?.fields['_tz'];
  return (typeof name === 'string' ? findZone(name) : undefined) ?? fallback;
}
