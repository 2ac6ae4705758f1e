import { randomBytes, randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Every per-profile table begins its key with a slot in 0…63, so that the schema can be distributed (DESIGN.md 4). */
export const SLOT_COUNT = 64;

const processPart = randomBytes(5).toString('hex');
let counter = randomBytes(3).readUIntBE(0, 3);

/**
 * A new 24-digit hex id in the form of a MongoDB ObjectId, which clients of the dialect expect: 4 bytes of Unix
 * seconds, 5 random bytes of this process, a 3-byte counter. Ids of one process sort in the order they were made
 * within a second unless the counter wraps.
 */
export function newObjectId(now: Date): string {
  counter = (counter + 1) & 0xffffff;
  const seconds = Math.floor(now.getTime() / 1000) >>> 0;
  return seconds.toString(16).padStart(8, '0') + processPart + counter.toString(16).padStart(6, '0');
}

export function isObjectId(value: string): boolean {
  return /^[0-9a-f]{24}$/.test(value);
}

export function isUuid(value: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(value);
}

export const newUuid: () => string = randomUUID;

/** The slot of a profile id or of an identity's value. Stored: changing this function would orphan every row. */
export function slotOf(value: string): number {
  return crc32(value) % SLOT_COUNT;
}

/** The import lane of a match key (DESIGN.md 3). The high bits, so that lanes and slots are independent. */
export function laneOf(key: string, laneCount: number): number {
  return (crc32(key) >>> 16) % laneCount;
}
