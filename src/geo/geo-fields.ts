import type { JsonObject } from '../base/index.ts';
import type { Places } from './places.ts';

/**
 * The fields of a profile that its addresses give (CONTRACT.md 5): from `ip` the place of now, from `regip` that of the
 * registration. Only what is known is there. The caller lays the fields under those that were sent, which win.
 * `places` must be loaded.
 */
export function geoFields(
  places: Places,
  addresses: { readonly ip?: string | undefined; readonly regip?: string | undefined },
): JsonObject {
  const { ip, regip } = addresses;
  const now = ip === undefined ? undefined : places.find(ip);
  const then = regip === undefined ? undefined : regip === ip ? now : places.find(regip);
  const fields = {
    _country: now?.country,
    _region: now?.region,
    _city: now?.city,
    _postal_code: now?.postalCode,
    _tz: now?.timeZone,
    _lat: now?.latitude,
    _lon: now?.longitude,
    _regcountry: then?.country,
    _regcity: then?.city,
  };
  const known: JsonObject = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) known[name] = value;
  return known;
}
