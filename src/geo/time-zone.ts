import lookUpZone from '@photostructure/tz-lookup';
import { IANAZone } from 'luxon';

/** Checking a name costs tens of microseconds, and a file has a few hundred different ones. */
const checked = new Map<string, boolean>();
/** A bound for files that hold anything but zones there. */
const MAX_CHECKED = 2_000;

/** Whether this Node knows the zone, so that it can be stored in `_tz` and reckoned with. */
export function isTimeZone(name: string): boolean {
  const known = checked.get(name);
  if (known !== undefined) return known;
  const valid = IANAZone.isValidZone(name);
  if (checked.size < MAX_CHECKED) checked.set(name, valid);
  return valid;
}

/** The zone at a point on the map. At sea the zones have names such as `Etc/GMT+5`: nobody lives by those. */
export function zoneAt(latitude: number, longitude: number): string | undefined {
  const zone = lookUpZone(latitude, longitude);
  return zone.startsWith('Etc/') || !isTimeZone(zone) ? undefined : zone;
}
