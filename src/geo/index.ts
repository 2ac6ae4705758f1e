/** Level 2: the place that an IP address belongs to, from a city database in a file. Knows nothing of profiles. */
export { GeoFileError } from './city-file.ts';
export { geoFields } from './geo-fields.ts';
export type { Place } from './place.ts';
export { openPlaces, type Places } from './places.ts';
